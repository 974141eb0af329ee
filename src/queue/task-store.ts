import { Injectable } from '@nestjs/common';
import { and, eq, sql, type SQL } from 'drizzle-orm';
import { Database, type Queries } from '../database/database.js';
import { settings, taskEvents, tasks } from '../database/schema.js';
import { stateEventData, TaskEvents, type StoredTaskEvent } from './task-events.js';
import { TaskReads } from './task-reads.js';
import { Task, type Placement, type StateEventType, type TaskRow, type Transition } from './task.js';

/** A task before the database gave it its place in the order of submission. */
export type NewTask = Omit<TaskRow, 'sequence'>;

/** Further writes that belong to a transition: they commit with it or not at all. */
export type AlsoWrite = (queries: Queries, task: Task) => Promise<void>;

const leaseEnd = sql`now() + interval '20 seconds'`;

/**
 * The only writer of tasks and their events. A state change and its event share one transaction, and
 * the event is published after the commit: what a client saw happened.
 */
@Injectable()
export class TaskStore extends TaskReads {
  #turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly events: TaskEvents,
  ) {
    super(database.queries);
  }

  /** Stores a new task, queued or already started. */
  insert(row: NewTask, placement: Placement | null, also: AlsoWrite): Promise<Task> {
    const lease = row.status === 'running' ? { leaseExpiresAt: leaseEnd } : {};
    return this.#write(async (queries) => {
      const [stored] = await queries
        .insert(tasks)
        .values({ ...row, ...lease })
        .returning();
      const task = new Task(stored!);
      await also(queries, task);
      const type = task.isRunning ? 'task_running' : 'task_queued';
      return { value: task, event: await this.#addEvent(queries, type, task, placement) };
    });
  }

  /**
   * Makes one transition, if the stored task still is where `task` is.
   *
   * @returns the task as it is now, or null when somebody else was first
   */
  apply(task: Task, transition: Transition, also?: AlsoWrite): Promise<Task | null> {
    const lease = transition.set.status === 'running' ? { leaseExpiresAt: leaseEnd } : {};
    return this.#write<Task | null>(async (queries) => {
      const [row] = await queries
        .update(tasks)
        .set({ ...transition.set, ...lease })
        .where(isStill(task))
        .returning();
      if (row === undefined) return { value: null, event: null };
      const changed = new Task(row);
      await also?.(queries, changed);
      return { value: changed, event: await this.#addEvent(queries, transition.event, changed, null) };
    });
  }

  /** Changes what is no step of a task's life (its priority, a wish to cancel), under the same condition. */
  async amend(task: Task, set: Partial<TaskRow>): Promise<Task | null> {
    const [row] = await this.database.queries.update(tasks).set(set).where(isStill(task)).returning();
    return row === undefined ? null : new Task(row);
  }

  /** Stores the progress of many running tasks, in the order given, in one statement and publishes it. */
  describe(
    changes: readonly { taskId: string; attempt: number; description: string; progress: number | null }[],
  ): Promise<void> {
    const numbered = JSON.stringify(changes.map((change, n) => ({ ...change, n })));
    return this.#inTurn(() => this.#describe(numbered));
  }

  async #describe(numbered: string): Promise<void> {
    const { rows } = await this.database.queries.execute<{
      sequence: string;
      at: string | Date;
      user_id: string;
      data: { task_id: string; description: string; progress: number | null };
    }>(sql`
      with changes as (
        select c.*, t.user_id from jsonb_to_recordset(${numbered}::jsonb)
            as c(n int, "taskId" text, attempt int, description text, progress float8)
          join tasks t on t.task_id = c."taskId" and t.attempt = c.attempt and t.status = 'running'
      ), updated as (
        update tasks set description = newest.description, progress = newest.progress
          from (select distinct on ("taskId") * from changes order by "taskId", n desc) newest
          where tasks.task_id = newest."taskId" and tasks.attempt = newest.attempt and tasks.status = 'running'
      )
      insert into task_events (at, type, task_id, user_id, data)
        select now(), 'task_description_update', "taskId", user_id,
          jsonb_build_object('task_id', "taskId", 'description', description, 'progress', progress)
        from changes order by n
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

  /** What a viewer sees at one moment, and the sequence number of the last event before it. */
  snapshot(
    userId: string | null,
    recent: number,
  ): Promise<{ sequence: number; unfinished: Task[]; recent: Task[] }> {
    return this.database.queries.transaction(
      async (queries) => {
        const at = new TaskReads(queries);
        return {
          sequence: await at.lastSequence(),
          unfinished: await at.unfinished(userId),
          recent: await at.recent(userId, recent),
        };
      },
      { isolationLevel: 'repeatable read', accessMode: 'read only' },
    );
  }

  /** Keeps the leases of a node's running tasks from expiring. */
  async renewLeases(nodeId: string): Promise<void> {
    await this.database.queries
      .update(tasks)
      .set({ leaseExpiresAt: leaseEnd })
      .where(and(eq(tasks.nodeId, nodeId), eq(tasks.status, 'running')));
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

  /** One transaction and, when it has committed, its event. */
  #write<Value>(
    change: (queries: Queries) => Promise<{ value: Value; event: StoredTaskEvent | null }>,
  ): Promise<Value> {
    return this.#inTurn(async () => {
      const { value, event } = await this.database.queries.transaction(change);
      if (event) this.events.publish(event);
      return value;
    });
  }

  /**
   * Commits and publishes one after another. Two that overtook each other would reach the streams out of
   * sequence, and a stream drops what is older than what it has sent.
   */
  #inTurn<Value>(write: () => Promise<Value>): Promise<Value> {
    const result = this.#turn.then(write);
    this.#turn = result.catch(() => undefined);
    return result;
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
