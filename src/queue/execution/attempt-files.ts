import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { Injectable, Logger } from '@nestjs/common';
import { Config } from '../../config/config.js';
import { TaskHandlers } from '../domain/task-handlers.js';
import type { Task } from '../domain/task.js';
import {
  attemptKey,
  shardsFolder,
  removeShards,
  removeResults,
  removeUnfinishedShards,
  resultFileName,
} from '../storage/result-files.js';
import type { Shard } from '../storage/shard-store.js';
import { TaskStore } from '../storage/task-store.js';

/**
 * Where attempts leave their files. Each attempt has its own name, so a late writer of a lost attempt cannot touch its
 * successor's file.
 */
@Injectable()
export class AttemptFiles {
  readonly #logger = new Logger('AttemptFiles');

  constructor(
    private readonly config: Config,
    private readonly handlers: TaskHandlers,
    private readonly store: TaskStore,
  ) {}

  resultFile({ id, row }: Task): string {
    return resultFileName(attemptKey(id, row.attempt), this.handlers.find(row.taskType));
  }

  resultPath(task: Task): string {
    return join(this.config.dataDir, 'results', this.resultFile(task));
  }

  /** The file of one attempt at a shard; the shard's row names the one that counts. */
  shardFile(index: number, attempt: number): string {
    return `${index}.${attempt}.json.gz`;
  }

  shardPath(taskId: string, file: string): string {
    return join(shardsFolder(this.config.dataDir, taskId), file);
  }

  /** The completed shards of a task whose result files are gone or damaged, by index. */
  async unreadableShards(taskId: string, shards: readonly Shard[]): Promise<number[]> {
    const unreadable: number[] = [];
    for (const { index, status, result } of shards) {
      if (status !== 'completed') continue;
      if (result === null || !(await isWhole(this.shardPath(taskId, result)))) unreadable.push(index);
    }
    return unreadable;
  }

  /**
   * Removes what an attempt has left that nothing refers to. A file that cannot be removed now is removed by the
   * sweep of orphan files.
   *
   * @param after the task after this attempt's end was stored; null when the fence refused it
   * @param hasResult whether the stored end refers to the attempt's result
   */
  async removeAfter(task: Task, after: Task | null, hasResult: boolean): Promise<void> {
    try {
      const stored = after ?? (await this.store.find(task.id));
      const isOwnEnd = stored?.row.attempt === task.row.attempt && stored.isSettled;
      // An end whose answer was lost may have been stored: only the row decides.
      const mayBeWanted = after === null ? isOwnEnd : hasResult;
      const keys = new Set([attemptKey(task.id, task.row.attempt)]);
      // Beside a whole result there may be an unfinished one, of a reduce that was killed and ran again.
      await removeResults(this.config.dataDir, keys, mayBeWanted ? 'unfinished' : 'all');
      if (stored === null || stored.hasCompleted) await removeShards(this.config.dataDir, task.id);
      else if (isOwnEnd) await removeUnfinishedShards(this.config.dataDir, task.id);
    } catch (error) {
      this.#logger.warn(`Files of task ${task.id} could not be removed: ${String(error)}`);
    }
  }
}

/** Whether a compressed file is there and its checksum holds. */
async function isWhole(path: string): Promise<boolean> {
  const nowhere = new Writable({
    write: (_chunk, _encoding, done) => {
      done();
    },
  });
  try {
    await pipeline(createReadStream(path), createGunzip(), nowhere);
    return true;
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code.startsWith('Z_')) return false;
    throw error;
  }
}
