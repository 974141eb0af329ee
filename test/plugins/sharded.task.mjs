import { setTimeout as delay } from 'node:timers/promises';
import { readResultTextSync, writeResult } from '../../dist/libs/tasks-sdk/src/index.js';

/** Each shard notes its number and its process; the reduce puts the notes together. */
export default async function inShards({ seconds }, context) {
  if (context.shard === null) {
    const notes = context.shardResults.map((path) =>
      path === null ? null : JSON.parse(readResultTextSync(path)),
    );
    writeResult(context.resultPath, notes);
    return { notes };
  }
  for (let step = 1; step <= 10; step += 1) {
    await delay(seconds * 100);
    context.report(`shard ${context.shard.index}`, step / 10);
  }
  writeResult(context.resultPath, { shard: context.shard.index, pid: process.pid });
  return {};
}
