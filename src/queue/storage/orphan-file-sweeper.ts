import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Config } from '../../config/config.js';
import { Database, locks } from '../../database/database.js';
import { TaskReads } from './task-reads.js';
import type { Task } from '../domain/task.js';

const intervalMs = 10 * 60_000;
/** On a shared folder others may be about to store what their new files belong to. */
const quietMs = 60_000;
const tasksAtOnce = 1000;

/**
 * Removes files of results that nobody will ask for: what a server leaves that is killed between a file and
 * the row that it belongs to, or between a task's end and the tidying after it.
 *
 * At the start, and on one node every ten minutes.
 */
@Injectable()
export class Leftovers implements OnApplicationBootstrap {
  readonly #logger = new Logger('Leftovers');

  constructor(
    private readonly config: Config,
    private readonly database: Database,
  ) {}

  /** Before the first request: on an embedded store nobody else works on the folder. */
  async onApplicationBootstrap(): Promise<void> {
    await this.#sweepQuietly(this.database.isShared ? quietMs : 0);
  }

  @Interval(intervalMs)
  async sweepInTurn(): Promise<void> {
    await this.#sweepQuietly(quietMs);
  }

  /** Removes what has not been touched for so long; returns how many files and folders that were. */
  async sweep(untouchedMs: number): Promise<number> {
    const folder = join(this.config.dataDir, 'results');
    // Listed before the tasks are read, so that no file is of a later attempt than its task.
    const names = await readdir(folder).catch((): string[] => []);
    const reads = new TaskReads(this.database.queries);
    let removed = 0;
    for (let from = 0; from < names.length; from += tasksAtOnce) {
      const some = names.slice(from, from + tasksAtOnce);
      const tasks = await reads.findMany([...new Set(some.map(taskIdIn))]);
      for (const name of some) {
        const path = join(folder, name);
        if (!isLeftover(name, tasks.get(taskIdIn(name)) ?? null)) continue;
        const touched = await stat(path).catch(() => null);
        if (touched === null || Date.now() - touched.mtimeMs < untouchedMs) continue;
        await rm(path, { recursive: true, force: true });
        removed += 1;
      }
    }
    return removed;
  }

  async #sweepQuietly(untouchedMs: number): Promise<void> {
    try {
      await this.database.ifAlone(locks.sweep, async () => {
        const removed = await this.sweep(untouchedMs);
        if (removed > 0) this.#logger.log(`Removed ${removed} files that nobody will ask for`);
      });
    } catch (error) {
      this.#logger.error(`Files that nobody will ask for could not be removed: ${String(error)}`);
    }
  }
}

/**
 * Whether a file or folder among the results is of no use to its task (null: there is none).
 *
 * Without a task a model may live on, but no parts, no draft, and no copy of an earlier result, which is named
 * as by attempt 0. A task that has ended needs neither parts nor drafts, and one that failed no result; one
 * that completed needs that of its last attempt alone. Of any other task all but parts may be wanted yet.
 */
export function isLeftover(name: string, task: Task | null): boolean {
  const [, kind = ''] = name.split('.');
  const isUnfinished = kind === 'parts' || name.endsWith('.tmp');
  if (!isUnfinished && !/^\d+$/.test(kind)) return false;
  if (task === null) return isUnfinished || kind === '0';
  if (!task.isSettled) return false;
  if (isUnfinished) return true;
  const attempt = Number(kind);
  if (attempt === 0) return false;
  return task.hasCompleted
    ? attempt < task.row.attempt
    : task.row.status === 'failed' && attempt === task.row.attempt;
}

function taskIdIn(name: string): string {
  return name.split('.', 1)[0]!;
}
