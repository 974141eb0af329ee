import { setTimeout as delay } from 'node:timers/promises';
import { readResultTextSync, writeResult } from '../../dist/libs/tasks-sdk/src/index.js';

/** Each part notes its number and its process; the combining run puts the notes together. */
export default async function inParts({ seconds }, context) {
  if (context.part === null) {
    const notes = context.partResults.map((path) =>
      path === null ? null : JSON.parse(readResultTextSync(path)),
    );
    writeResult(context.resultPath, notes);
    return { notes };
  }
  for (let step = 1; step <= 10; step += 1) {
    await delay(seconds * 100);
    context.report(`part ${context.part.index}`, step / 10);
  }
  writeResult(context.resultPath, { part: context.part.index, pid: process.pid });
  return {};
}
