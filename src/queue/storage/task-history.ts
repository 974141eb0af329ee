import type { TaskStatus } from '@app/contracts';
import { Injectable } from '@nestjs/common';
import { and, asc, count, desc, eq, gte, ilike, inArray, like, lt, or, type SQL } from 'drizzle-orm';
import { Database } from '../../database/database.js';
import { tasks } from '../../database/schema.js';
import { Task } from '../domain/task.js';

/** Which tasks are meant; a condition that is absent holds for all. */
export interface TaskFilter {
  /** Null for the tasks of all users. */
  readonly userId: string | null;
  readonly ids?: readonly string[];
  readonly statuses?: readonly TaskStatus[];
  readonly taskType?: string;
  /** Text in the subject, in letters of either case, or the beginning of the id. */
  readonly text?: string;
  /** Submitted, or retried, at this time or later. */
  readonly since?: Date;
  /** Submitted, or retried, before this time. */
  readonly until?: Date;
}

/** Finds tasks of any status by what is known of them. */
@Injectable()
export class TaskHistory {
  constructor(private readonly database: Database) {}

  /** One page, newest first, that begins below a sequence number. */
  async page(filter: TaskFilter, below: number | null, limit: number): Promise<Task[]> {
    const rows = await this.database.queries
      .select()
      .from(tasks)
      .where(and(matching(filter), below === null ? undefined : lt(tasks.sequence, below)))
      .orderBy(desc(tasks.sequence))
      .limit(limit);
    return rows.map((row) => new Task(row));
  }

  /** The tasks that were submitted first. */
  async oldest(filter: TaskFilter, limit: number): Promise<Task[]> {
    const rows = await this.database.queries
      .select()
      .from(tasks)
      .where(matching(filter))
      .orderBy(asc(tasks.sequence))
      .limit(limit);
    return rows.map((row) => new Task(row));
  }

  async count(filter: TaskFilter): Promise<number> {
    const [row] = await this.database.queries.select({ count: count() }).from(tasks).where(matching(filter));
    return row?.count ?? 0;
  }
}

function matching({ userId, ids, statuses, taskType, text, since, until }: TaskFilter): SQL | undefined {
  return and(
    userId === null ? undefined : eq(tasks.userId, userId),
    ids && inArray(tasks.taskId, [...ids]),
    statuses && inArray(tasks.status, [...statuses]),
    taskType === undefined ? undefined : eq(tasks.taskType, taskType),
    text === undefined ? undefined : holds(text),
    since && gte(tasks.queuedAt, since),
    until && lt(tasks.queuedAt, until),
  );
}

function holds(text: string): SQL | undefined {
  const literal = text.replace(/[\\%_]/g, '\\$&');
  return or(ilike(tasks.subject, `%${literal}%`), like(tasks.taskId, `${literal}%`));
}
