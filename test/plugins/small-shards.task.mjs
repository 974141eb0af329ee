import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { readResultTextSync, writeResult } from '../../dist/libs/tasks-sdk/src/index.js';

/**
 * Each shard writes its index after `seconds`, and leaves `drafts` empty files beside it, which take a while to remove;
 * the reduce writes the list of the indexes.
 */
export default async function smallShards({ seconds, drafts }, context) {
  if (context.shard === null) {
    writeResult(
      context.resultPath,
      context.shardResults.map((path) => JSON.parse(readResultTextSync(path)).index),
    );
    return {};
  }
  mkdirSync(dirname(context.resultPath), { recursive: true });
  for (let n = 0; n < drafts; n += 1) writeFileSync(`${context.resultPath}.${process.pid}-${n}.tmp`, '');
  await delay(seconds * 1000);
  writeResult(context.resultPath, { index: context.shard.index });
  return {};
}
