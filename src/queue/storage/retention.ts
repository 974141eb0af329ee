import { Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { inArray, lt, sql } from 'drizzle-orm';
import { Config } from '../../config/config.js';
import { DatabaseTransaction } from '../../database/database-transaction.js';
import { Database, locks } from '../../database/database.js';
import { idempotencyKeys, taskEvents, tasks } from '../../database/schema.js';
import { TaskHandlers } from '../domain/task-handlers.js';
import { logsFolder, removeResults } from './result-files.js';
import { removeTaskFiles } from './task-files.js';

const intervalMs = 10 * 60_000;
const tasksAtOnce = 200;
const rowsAtOnce = 5000;
const maxBatches = 50;

/**
 * Forgets what is older than it is kept for: finished tasks with their results, logs, shards and attempts; events;
 * answers to requests with an idempotency key. It works in bounded batches, so that it holds up no other write, and on
 * one node at a time.
 */
@Injectable()
export class Retention {
  readonly #logger = new Logger('Retention');

  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly handlers: TaskHandlers,
  ) {}

  @Interval(intervalMs)
  async purge(): Promise<void> {
    try {
      await this.database.ifAlone(locks.purge, async () => {
        const forgotten = await inBatches(tasksAtOnce, () => this.#forgetTasks());
        const events = await inBatches(rowsAtOnce, () => this.#deleteEvents());
        await inBatches(rowsAtOnce, () => this.#deleteAnswers());
        if (forgotten + events > 0) this.#logger.log(`Forgot ${forgotten} tasks and ${events} events`);
      });
    } catch (error) {
      this.#logger.error(`Old tasks could not be forgotten: ${String(error)}`);
    }
  }

  async #forgetTasks(): Promise<number> {
    const before = sql`now() - make_interval(days => ${this.config.tasks.keepDays})`;
    const forgotten = new Set<string>();
    const withoutResults = new Set<string>();
    const count = await this.database.queries.transaction(async (queries) => {
      const old = await queries
        .select({ taskId: tasks.taskId, taskType: tasks.taskType })
        .from(tasks)
        .where(lt(tasks.completedAt, before))
        .orderBy(tasks.completedAt)
        .limit(tasksAtOnce);
      for (const type of new Set(old.map(({ taskType }) => taskType))) {
        const ids = old.filter(({ taskType }) => taskType === type).map(({ taskId }) => taskId);
        const handler = this.handlers.find(type);
        await handler?.forgotten?.(new DatabaseTransaction(queries), ids);
        for (const id of ids) forgotten.add(id);
        if (!handler?.resultsOutliveTask) for (const id of ids) withoutResults.add(id);
        await queries.delete(tasks).where(inArray(tasks.taskId, ids));
      }
      return old.length;
    });
    await removeResults(this.config.dataDir, withoutResults);
    await removeTaskFiles(logsFolder(this.config.dataDir), forgotten);
    return count;
  }

  async #deleteEvents(): Promise<number> {
    const { rowCount } = await this.database.queries.execute(sql`
      delete from ${taskEvents} where sequence in (
        select sequence from ${taskEvents}
          where at < now() - make_interval(hours => ${this.config.tasks.keepEventsHours})
          order by sequence limit ${rowsAtOnce})`);
    return rowCount ?? 0;
  }

  async #deleteAnswers(): Promise<number> {
    const { rowCount } = await this.database.queries.execute(sql`
      delete from ${idempotencyKeys} where (user_id, key) in (
        select user_id, key from ${idempotencyKeys}
          where created_at < now() - interval '1 day' limit ${rowsAtOnce})`);
    return rowCount ?? 0;
  }
}

/** Repeats work on at most `size` rows until it finds fewer, or for so many batches; the rest waits for the next time. */
async function inBatches(size: number, work: () => Promise<number>): Promise<number> {
  let total = 0;
  for (let batch = 0; batch < maxBatches; batch += 1) {
    const count = await work();
    total += count;
    if (count < size) break;
  }
  return total;
}
