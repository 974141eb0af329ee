import { Injectable } from '@nestjs/common';
import type { TaskListQuery } from '@app/contracts';
import { and, asc, desc, eq, gt, inArray, lt, sql, type SQL } from 'drizzle-orm';
import { Database, type Queries } from '../database/database.js';
import { settings, taskEvents, tasks } from '../database/schema.js';
import { stateEventData, TaskEvents, type StoredTaskEvent } from './task-events.js';
import { Task, type Placement, type StateEventType, type TaskRow, type Transition } from './task.js';

export type NewTask = typeof tasks.$inferInsert;

/** Further writes that belong to a transition: they commit with it or not at all. */
export type AlsoWrite = (queries: Queries, task: Task) => Promise<void>;

const leaseEnd = sql`now() + interval '20 seconds'`;

/** A task's events as `Last-Event-ID` finds them. */
export interface EventRange {
  readonly after: number;
  /** Null: everybody's. */
  readonly userId: string | null;
  readonly limit: number;
}

/**
 * The only writer of tasks and their events. A state change and its event share one transaction, and
 * the event is published after the commit: what a client saw happened.
 */
@Injectable()
export class TaskStore {
  constructor(
    private readonly database: Database,
    private readonly events: TaskEvents,
  ) {}

  /** Stores a new task, queued or already started. */
  async insert(row: NewTask, placement: Placement | null, also: AlsoWrite): Promise<Task> {
    const lease = row.status === 'running' ? { leaseExpiresAt: leaseEnd } : {};
    const { task, event } = await this.database.queries.transaction(async (queries) => {
      const [stored] = await queries
        .insert(tasks)
        .values({ ...row, ...lease })
        .returning();
      const task = new Task(stored!);
      await also(queries, task);
      const type = task.isRunning ? 'task_running' : 'task_queued';
      return { task, event: await this.#addEvent(queries, type, task, placement) };
    });
    this.events.publish(event);
    return task;
  }

  /**
   * Makes one transition, if the stored task still is where `task` is.
   *
   * @returns the task as it is now, or null when somebody else was first
   */
  async apply(task: Task, transition: Transition, also?: AlsoWrite): Promise<Task | null> {
    const lease = transition.set.status === 'running' ? { leaseExpiresAt: leaseEnd } : {};
    const outcome = await this.database.queries.transaction(async (queries) => {
      const [row] = await queries
        .update(tasks)
        .set({ ...transition.set, ...lease })
        .where(isStill(task))
        .returning();
      if (row === undefined) return null;
      const changed = new Task(row);
      await also?.(queries, changed);
      return { changed, event: await this.#addEvent(queries, transition.event, changed, null) };
    });
    if (outcome === null) return null;
    this.events.publish(outcome.event);
    return outcome.changed;
  }

  /** Changes what is no step of a task's life (its priority, a wish to cancel), under the same condition. */
  async amend(task: Task, set: Partial<TaskRow>): Promise<Task | null> {
    const [row] = await this.database.queries.update(tasks).set(set).where(isStill(task)).returning();
    return row === undefined ? null : new Task(row);
  }

  /** Stores the newest progress of many running tasks in one statement and publishes it. */
  async describe(
    changes: readonly { taskId: string; attempt: number; description: string; progress: number | null }[],
  ): Promise<void> {
    const { rows } = await this.database.queries.execute<{
      sequence: string;
      at: string | Date;
      user_id: string;
      data: { task_id: string; description: string; progress: number | null };
    }>(sql`
      with changes as (
        select * from jsonb_to_recordset(${JSON.stringify(changes)}::jsonb)
          as c("taskId" text, attempt int, description text, progress float8)
      ), updated as (
        update tasks set description = changes.description, progress = changes.progress
          from changes
          where tasks.task_id = changes."taskId" and tasks.attempt = changes.attempt and tasks.status = 'running'
          returning tasks.task_id, tasks.user_id, tasks.description, tasks.progress
      )
      insert into task_events (at, type, task_id, user_id, data)
        select now(), 'task_description_update', task_id, user_id,
          jsonb_build_object('task_id', task_id, 'description', description, 'progress', progress)
        from updated
        returning sequence, at, user_id, data`);
    for (const row of rows) {
      this.events.publish({
        type: 'task_description_update',
        sequence: Number(row.sequence),
        at: new Date(row.at),
        userId: row.user_id,
        data: row.data,
      });
    }
  }

  async find(taskId: string): Promise<Task | null> {
    const [row] = await this.database.queries.select().from(tasks).where(eq(tasks.taskId, taskId));
    return row === undefined ? null : new Task(row);
  }

  async findMany(taskIds: readonly string[]): Promise<Map<string, Task>> {
    if (taskIds.length === 0) return new Map();
    const rows = await this.database.queries
      .select()
      .from(tasks)
      .where(inArray(tasks.taskId, [...taskIds]));
    return new Map(rows.map((row) => [row.taskId, new Task(row)]));
  }

  /** Everything queued or running, oldest first; of one user when named. */
  async unfinished(userId: string | null): Promise<Task[]> {
    const rows = await this.database.queries
      .select()
      .from(tasks)
      .where(and(sql`${tasks.status} in ('queued', 'running')`, ownedBy(userId)))
      .orderBy(asc(tasks.sequence));
    return rows.map((row) => new Task(row));
  }

  /** The newest finished tasks first. */
  async recent(userId: string | null, limit: number): Promise<Task[]> {
    const rows = await this.database.queries
      .select()
      .from(tasks)
      .where(and(sql`${tasks.completedAt} is not null`, ownedBy(userId)))
      .orderBy(desc(tasks.completedAt))
      .limit(limit);
    return rows.map((row) => new Task(row));
  }

  /** One page of the history, newest first, beginning below a sequence number. */
  async history(
    filter: Pick<TaskListQuery, 'status' | 'task_type'> & { userId: string | null; below: number | null },
    limit: number,
  ): Promise<Task[]> {
    const rows = await this.database.queries
      .select()
      .from(tasks)
      .where(
        and(
          ownedBy(filter.userId),
          filter.status === undefined ? undefined : eq(tasks.status, filter.status),
          filter.task_type === undefined ? undefined : eq(tasks.taskType, filter.task_type),
          filter.below === null ? undefined : lt(tasks.sequence, filter.below),
        ),
      )
      .orderBy(desc(tasks.sequence))
      .limit(limit);
    return rows.map((row) => new Task(row));
  }

  /** Keeps the leases of a node's running tasks from expiring. */
  async renewLeases(nodeId: string): Promise<void> {
    await this.database.queries
      .update(tasks)
      .set({ leaseExpiresAt: leaseEnd })
      .where(and(eq(tasks.nodeId, nodeId), eq(tasks.status, 'running')));
  }

  /** Running tasks whose node has not renewed their lease in time. */
  async abandoned(): Promise<Task[]> {
    const rows = await this.database.queries
      .select()
      .from(tasks)
      .where(and(eq(tasks.status, 'running'), lt(tasks.leaseExpiresAt, sql`now()`)));
    return rows.map((row) => new Task(row));
  }

  /** Sequence number of the newest event; 0 before the first. */
  async lastSequence(): Promise<number> {
    const [row] = await this.database.queries
      .select({ last: sql<string | null>`max(${taskEvents.sequence})` })
      .from(taskEvents);
    return Number(row?.last ?? 0);
  }

  /** Sequence number of the oldest event that is still kept; null when none is. */
  async firstSequence(): Promise<number | null> {
    const [row] = await this.database.queries
      .select({ first: sql<string | null>`min(${taskEvents.sequence})` })
      .from(taskEvents);
    return row?.first == null ? null : Number(row.first);
  }

  async eventsAfter(range: EventRange): Promise<StoredTaskEvent[]> {
    const rows = await this.database.queries
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

  /** Forgets events older than a day, a bounded number at a time. */
  async purgeEvents(): Promise<void> {
    await this.database.queries.execute(sql`
      delete from task_events where sequence in (
        select sequence from task_events where at < now() - interval '1 day' order by sequence limit 5000)`);
  }

  async readSetting(key: string): Promise<unknown> {
    const [row] = await this.database.queries.select().from(settings).where(eq(settings.key, key));
    return row?.value ?? null;
  }

  async writeSetting(key: string, value: unknown): Promise<void> {
    await this.database.queries
      .insert(settings)
      .values({ key, value })
      .onConflictDoUpdate({ target: settings.key, set: { value } });
  }

  /** The value of a setting, which the first caller of all decides. */
  async settingOnce(key: string, value: string): Promise<string> {
    await this.database.queries.insert(settings).values({ key, value }).onConflictDoNothing();
    return (await this.readSetting(key)) as string;
  }

  async #addEvent(
    queries: Queries,
    type: StateEventType,
    task: Task,
    placement: Placement | null,
  ): Promise<StoredTaskEvent> {
    const at = new Date();
    const { userId, taskId } = task.row;
    const data = stateEventData(type, task.view(placement));
    const [row] = await queries
      .insert(taskEvents)
      .values({ at, type, taskId, userId, data })
      .returning({ sequence: taskEvents.sequence });
    return { type, sequence: row!.sequence, at, userId, data } as unknown as StoredTaskEvent;
  }
}

function isStill(task: Task): SQL {
  const { taskId, status, attempt } = task.row;
  return and(eq(tasks.taskId, taskId), eq(tasks.status, status), eq(tasks.attempt, attempt))!;
}

function ownedBy(userId: string | null): SQL | undefined {
  return userId === null ? undefined : eq(tasks.userId, userId);
}
