import { taskStatuses, type TaskCounts } from '@app/contracts';
import { Injectable } from '@nestjs/common';
import { and, asc, count, desc, eq, gt, inArray, isNotNull, not, sql, type SQL } from 'drizzle-orm';
import { Database } from '../../database/database.js';
import type { Queries } from '../../database/queries.js';
import { tasks } from '../../database/schema.js';
import { Task } from '../domain/task.js';
import { isUnfinished, TaskReads } from './task-reads.js';

/** What the queue holds at one moment: of one user, or (null) of all. */
export class QueueReads {
  constructor(
    private readonly queries: Queries,
    private readonly userId: string | null,
  ) {}

  /** Sequence number of the newest event; 0 before the first. */
  lastSequence(): Promise<number> {
    return new TaskReads(this.queries).lastSequence();
  }

  /** How many wait and run. */
  async counts(): Promise<{ queued: number; running: number }> {
    const rows = await this.queries
      .select({ status: tasks.status, count: count() })
      .from(tasks)
      .where(and(isUnfinished, this.#owned()))
      .groupBy(tasks.status);
    const countOf = (status: string) => rows.find((row) => row.status === status)?.count ?? 0;
    return { queued: countOf('queued'), running: countOf('running') };
  }

  /** Running tasks behind a sequence number, in the order of their submission. */
  async running(after: number, limit: number): Promise<Task[]> {
    const isRunning = and(isUnfinished, eq(tasks.status, 'running'), gt(tasks.sequence, after));
    return this.#inOrder(isRunning, limit);
  }

  /** Those of some tasks that are queued, in the order of the ids. */
  async queuedAmong(ids: readonly string[]): Promise<Task[]> {
    if (ids.length === 0) return [];
    const rows = await this.queries
      .select()
      .from(tasks)
      .where(and(inArray(tasks.taskId, [...ids]), eq(tasks.status, 'queued'), this.#owned()));
    const byId = new Map(rows.map((row) => [row.taskId, new Task(row)]));
    return ids.flatMap((id) => byId.get(id) ?? []);
  }

  /** Queued tasks besides these, behind a sequence number, in the order of their submission. */
  async queuedBesides(ids: readonly string[], after: number, limit: number): Promise<Task[]> {
    const isOther = not(sql`${tasks.taskId} = any(${sql.param([...ids])}::text[])`);
    const isMeant = and(isUnfinished, eq(tasks.status, 'queued'), gt(tasks.sequence, after), isOther);
    return this.#inOrder(isMeant, limit);
  }

  /** The tasks that ended last, the newest first. */
  async recent(limit: number): Promise<Task[]> {
    const rows = await this.queries
      .select()
      .from(tasks)
      .where(and(isNotNull(tasks.completedAt), this.#owned()))
      .orderBy(desc(tasks.completedAt))
      .limit(limit);
    return rows.map((row) => new Task(row));
  }

  async #inOrder(condition: SQL | undefined, limit: number): Promise<Task[]> {
    const rows = await this.queries
      .select()
      .from(tasks)
      .where(and(condition, this.#owned()))
      .orderBy(asc(tasks.sequence))
      .limit(limit);
    return rows.map((row) => new Task(row));
  }

  #owned(): SQL | undefined {
    return this.userId === null ? undefined : eq(tasks.userId, this.userId);
  }
}

/** Reads the queue as of one moment. */
@Injectable()
export class QueueSnapshots {
  constructor(private readonly database: Database) {}

  /** Everything that `read` asks for is as of the same moment. */
  read<Value>(userId: string | null, read: (reads: QueueReads) => Promise<Value>): Promise<Value> {
    return this.database.queries.transaction((queries) => read(new QueueReads(queries, userId)), {
      isolationLevel: 'repeatable read',
      accessMode: 'read only',
    });
  }

  /** How many tasks of each status each user has: of one user, or (null) of all. */
  async countsByUser(userId: string | null): Promise<Map<string, TaskCounts>> {
    const rows = await this.database.queries
      .select({ userId: tasks.userId, status: tasks.status, count: count() })
      .from(tasks)
      .where(userId === null ? undefined : eq(tasks.userId, userId))
      .groupBy(tasks.userId, tasks.status)
      .orderBy(tasks.userId);
    const counts = new Map<string, TaskCounts>();
    for (const row of rows) {
      const own = counts.get(row.userId) ?? noTasks();
      own[row.status] = row.count;
      counts.set(row.userId, own);
    }
    return counts;
  }
}

export function noTasks(): TaskCounts {
  return Object.fromEntries(taskStatuses.map((status) => [status, 0])) as TaskCounts;
}
