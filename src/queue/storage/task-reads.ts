import { and, asc, eq, gt, inArray, isNull, lt, or, sql, type SQL } from 'drizzle-orm';
import type { Queries } from '../../database/queries.js';
import { taskAttempts, taskEvents, tasks } from '../../database/schema.js';
import type { StoredTaskEvent } from '../domain/task-events.js';
import { Task } from '../domain/task.js';

/** A task's events as `Last-Event-ID` finds them. */
export interface EventRange {
  readonly after: number;
  /** Null for the events of all users. */
  readonly userId: string | null;
  readonly limit: number;
}

/** An attempt that has ended. */
export type EndedAttempt = typeof taskAttempts.$inferSelect;

/** Reads tasks and their events, inside a transaction or outside. */
export class TaskReads {
  constructor(protected readonly queries: Queries) {}

  async find(taskId: string): Promise<Task | null> {
    const [row] = await this.queries.select().from(tasks).where(eq(tasks.taskId, taskId));
    return row === undefined ? null : new Task(row);
  }

  async findMany(taskIds: readonly string[]): Promise<Map<string, Task>> {
    if (taskIds.length === 0) return new Map();
    const rows = await this.queries
      .select()
      .from(tasks)
      .where(inArray(tasks.taskId, [...taskIds]));
    return new Map(rows.map((row) => [row.taskId, new Task(row)]));
  }

  /** Whether a queued or running task is this one, runs after it, or names a file of it in its payload. */
  async isReferenced(taskId: string): Promise<boolean> {
    const rows = await this.queries
      .select({ taskId: tasks.taskId })
      .from(tasks)
      .where(
        and(
          isUnfinished,
          or(
            eq(tasks.taskId, taskId),
            eq(tasks.runAfter, taskId),
            sql`position(${`"${taskId}.`} in ${tasks.payload}::text) > 0`,
          ),
        ),
      )
      .limit(1);
    return rows.length > 0;
  }

  /** Everything queued or running, oldest first; of one user when named. */
  async unfinished(userId: string | null): Promise<Task[]> {
    const rows = await this.queries
      .select()
      .from(tasks)
      .where(and(isUnfinished, ownedBy(userId)))
      .orderBy(asc(tasks.sequence));
    return rows.map((row) => new Task(row));
  }

  /** Running tasks whose node has not renewed their lease in time. */
  async abandoned(): Promise<Task[]> {
    const rows = await this.queries
      .select()
      .from(tasks)
      .where(and(isUnfinished, eq(tasks.status, 'running'), lt(tasks.leaseExpiresAt, sql`now()`)));
    return rows.map((row) => new Task(row));
  }

  /**
   * Tasks that run on a node according to the database. At the node's start, before it runs anything, they are those
   * of an earlier process.
   */
  async startedBefore(nodeId: string): Promise<Task[]> {
    const rows = await this.queries
      .select()
      .from(tasks)
      .where(and(isUnfinished, eq(tasks.status, 'running'), eq(tasks.nodeId, nodeId)))
      .orderBy(asc(tasks.sequence));
    return rows.map((row) => new Task(row));
  }

  /** The attempts of a task that have ended, oldest first. */
  attempts(taskId: string): Promise<EndedAttempt[]> {
    return this.queries
      .select()
      .from(taskAttempts)
      .where(eq(taskAttempts.taskId, taskId))
      .orderBy(asc(taskAttempts.attempt));
  }

  /** Sequence number of the newest event; 0 before the first. */
  async lastSequence(): Promise<number> {
    const [row] = await this.queries
      .select({ last: sql<string | null>`max(${taskEvents.sequence})` })
      .from(taskEvents);
    return Number(row?.last ?? 0);
  }

  /** Sequence number of the oldest event that is still kept; null when none is. */
  async firstSequence(): Promise<number | null> {
    const [row] = await this.queries
      .select({ first: sql<string | null>`min(${taskEvents.sequence})` })
      .from(taskEvents);
    return row?.first == null ? null : Number(row.first);
  }

  async eventsAfter(range: EventRange): Promise<StoredTaskEvent[]> {
    const rows = await this.queries
      .select()
      .from(taskEvents)
      .where(
        and(
          gt(taskEvents.sequence, range.after),
          range.userId === null ? undefined : eq(taskEvents.userId, range.userId),
        ),
      )
      .orderBy(asc(taskEvents.sequence))
      .limit(range.limit);
    return rows.map(
      ({ sequence, at, type, userId, data }) =>
        ({ sequence, at, type, userId, data }) as unknown as StoredTaskEvent,
    );
  }
}

/** Queued or running, in the words of the partial index, so that the planner uses it. */
export const isUnfinished = isNull(tasks.completedAt);

/** The condition that a stored task still has the status and the attempt that were read. */
export function matchesVersion({ row }: Task): SQL {
  return and(eq(tasks.taskId, row.taskId), eq(tasks.status, row.status), eq(tasks.attempt, row.attempt))!;
}

function ownedBy(userId: string | null): SQL | undefined {
  return userId === null ? undefined : eq(tasks.userId, userId);
}
