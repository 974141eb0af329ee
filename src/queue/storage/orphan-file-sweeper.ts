import { rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Config } from '../../config/config.js';
import { Database, locks } from '../../database/database.js';
import type { Task } from '../domain/task.js';
import { isOrphanLog, isOrphanOfShards, isOrphanResult, type FileOwner } from './orphan-files.js';
import { logsFolder } from './result-files.js';
import { readShards } from './shard-store.js';
import { namesIn, taskIdIn } from './task-files.js';
import { TaskReads } from './task-reads.js';

const intervalMs = 10 * 60_000;
/** On a shared folder another node may be about to store what its new files belong to. */
const quietMs = 60_000;
const maxTasksAtOnce = 1000;

/**
 * Removes files of tasks that are needed no more: results, unfinished files and logs that a server leaves when it is
 * killed between a file and the row that it belongs to, or between the end of an attempt and the removal of its files.
 *
 * It runs at the start, and on one node every ten minutes.
 */
@Injectable()
export class OrphanFileSweeper implements OnApplicationBootstrap {
  readonly #logger = new Logger('OrphanFileSweeper');

  constructor(
    private readonly config: Config,
    private readonly database: Database,
  ) {}

  /** Before the first request: on an embedded store no other process works on the folder. */
  async onApplicationBootstrap(): Promise<void> {
    await this.#sweepQuietly(this.database.isShared ? quietMs : 0);
  }

  @Interval(intervalMs)
  async sweepRegularly(): Promise<void> {
    await this.#sweepQuietly(quietMs);
  }

  /**
   * Removes orphans that have not been touched for `untouchedMs`.
   *
   * @returns how many files and folders were removed
   */
  async sweep(untouchedMs: number): Promise<number> {
    const results = join(this.config.dataDir, 'results');
    const inResults = await this.#sweepFolder(results, untouchedMs, async (name, task) => {
      if (isOrphanResult(name, this.#owner(task))) return { isOrphan: true, removed: 0 };
      const removed = name.endsWith('.parts') ? await this.#sweepShards(join(results, name), untouchedMs) : 0;
      return { isOrphan: false, removed };
    });
    const inLogs = await this.#sweepFolder(logsFolder(this.config.dataDir), untouchedMs, (name, task) =>
      Promise.resolve({ isOrphan: isOrphanLog(name, this.#owner(task)), removed: 0 }),
    );
    return inResults + inLogs;
  }

  async #sweepFolder(
    folder: string,
    untouchedMs: number,
    look: (name: string, task: Task | null) => Promise<{ isOrphan: boolean; removed: number }>,
  ): Promise<number> {
    // Listed before the tasks are read, so that no file is of a later attempt than its task.
    const names = await namesIn(folder);
    const reads = new TaskReads(this.database.queries);
    let total = 0;
    for (let from = 0; from < names.length; from += maxTasksAtOnce) {
      const some = names.slice(from, from + maxTasksAtOnce);
      const tasks = await reads.findMany([...new Set(some.map(taskIdIn))]);
      for (const name of some) {
        const { isOrphan, removed } = await look(name, tasks.get(taskIdIn(name)) ?? null);
        total += removed;
        if (isOrphan) total += await removeUntouched(join(folder, name), untouchedMs);
      }
    }
    return total;
  }

  /** In the folder of a task's shards, those files that the task cannot use any more. */
  async #sweepShards(folder: string, untouchedMs: number): Promise<number> {
    // Listed before the task and its shards are read, for the same reason.
    const names = await namesIn(folder);
    const taskId = taskIdIn(basename(folder));
    const owner = this.#owner(await new TaskReads(this.database.queries).find(taskId));
    const shards = await readShards(this.database.queries, taskId);
    const byIndex = new Map(shards.map((shard) => [shard.index, shard]));
    let removed = 0;
    for (const name of names) {
      if (!isOrphanOfShards(name, byIndex, owner)) continue;
      removed += await removeUntouched(join(folder, name), untouchedMs);
    }
    return removed;
  }

  #owner(task: Task | null): FileOwner {
    // On an embedded store every process is of this machine, whatever its node was called.
    const isHere = !this.database.isShared || task?.row.nodeId === this.config.nodeId;
    return { task, isWriterAlive: (pid) => !isHere || isAlive(pid) };
  }

  async #sweepQuietly(untouchedMs: number): Promise<void> {
    try {
      await this.database.ifAlone(locks.sweep, async () => {
        const removed = await this.sweep(untouchedMs);
        if (removed > 0) this.#logger.log(`Removed ${removed} orphan files`);
      });
    } catch (error) {
      this.#logger.error(`Orphan files could not be removed: ${String(error)}`);
    }
  }
}

/** 1 when it was removed, 0 when it was touched too recently or is gone. */
async function removeUntouched(path: string, untouchedMs: number): Promise<number> {
  const touched = await stat(path).catch(() => null);
  if (touched === null || Date.now() - touched.mtimeMs < untouchedMs) return 0;
  await rm(path, { recursive: true, force: true });
  return 1;
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
