import { TaskFailedError, writeResult } from '../../dist/libs/tasks-sdk/src/index.js';

export default async function flaky({ code, completes_at }, context) {
  if (context.attempt < completes_at) throw new TaskFailedError(code, `Attempt ${context.attempt} failed`);
  writeResult(context.resultPath, { attempt: context.attempt });
  return {};
}
