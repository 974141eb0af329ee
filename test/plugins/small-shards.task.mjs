import { setTimeout as delay } from 'node:timers/promises';
import { readResultTextSync, writeResult } from '../../dist/libs/tasks-sdk/src/index.js';

/** Each shard writes its index after `seconds`; the reduce writes the list of them. */
export default async function smallShards({ seconds }, context) {
  if (context.part === null) {
    writeResult(
      context.resultPath,
      context.partResults.map((path) => JSON.parse(readResultTextSync(path)).index),
    );
    return {};
  }
  await delay(seconds * 1000);
  writeResult(context.resultPath, { index: context.part.index });
  return {};
}
