export {
  readResultText,
  readResultTextSync,
  ResultUnreadableError,
  writeResult,
  writeResultText,
} from './result-file.js';
export { TaskFailedError } from './task-module.js';
export type { ShardOrder, TaskContext, TaskModule } from './task-module.js';
export type { RetryPolicy } from './retry-policy.js';
