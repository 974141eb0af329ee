import { setImmediate as nextTurn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { and, eq, inArray, sql } from 'drizzle-orm';
import { Subject } from 'rxjs';
import { Config } from '../../config/config.js';
import { Database, locks, type Queries } from '../../database/database.js';
import { settings, tasks } from '../../database/schema.js';
import { TaskEvents, type StoredTaskEvent } from '../domain/task-events.js';
import { TaskReads } from './task-reads.js';
import {
  isStill,
  leaseEnd,
  makeTogether,
  taskIdOf,
  type AlsoWrite,
  type Change,
  type EventDraft,
  type NewTask,
  type Write,
} from './task-writes.js';
import { Task, type Placement, type TaskRow, type Transition } from '../domain/task.js';

/** An attempt at a task, as its node knows it. */
export interface Attempt {
  readonly taskId: string;
  readonly attempt: number;
}

/** What NOTIFY says: new events, a task that was changed without one, a setting that was changed. */
export const channels = {
  events: 'headroom_events',
  task: 'headroom_task',
  setting: 'headroom_setting',
} as const;

const mostAtOnce = 64;
const mostCaughtUp = 1000;

/** One write that waits for its turn. */
interface PendingWrite {
  readonly write: Write;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The only writer of tasks and their events. A state change and its event share one transaction, and
 * the event is published after the commit: what a client saw happened.
 *
 * Writes of this process take turns; all that wait share the next transaction and as few statements as
 * they can; one that fails fails alone. On a shared database a lock lets one transaction at a time store events, whichever node
 * it is on, so that the order of the sequence is the order of the commits: whoever has seen an event
 * has seen or can read all before it. Events are published in that order, other nodes' between our own.
 */
@Injectable()
export class TaskStore extends TaskReads {
  readonly #pending: PendingWrite[] = [];
  readonly #foreign = new Subject<readonly StoredTaskEvent[]>();
  readonly #own = new Subject<readonly StoredTaskEvent[]>();
  #isWriting = false;
  #mustCatchUp = false;
  /** Sequence of the last event that was published here; null before `begin`. */
  #published: number | null = null;

  /** Events that were stored without this process's knowing, mostly by others, after they were published here. */
  readonly foreign$ = this.#foreign.asObservable();

  /** Events that this process has stored, after they were published here: each on one node only. */
  readonly own$ = this.#own.asObservable();

  constructor(
    private readonly database: Database,
    private readonly events: TaskEvents,
    private readonly config: Config,
  ) {
    super(database.queries);
  }

  /** Stores a new task, queued or already started. */
  insert(row: NewTask, placement: Placement | null, also: AlsoWrite): Promise<Task> {
    return this.#write({ kind: 'insert', row, placement, also });
  }

  /**
   * Makes one transition, if the stored task still is where `task` is. With a task that ends without
   * success go those that were to run after it.
   *
   * @returns the task as it is now, or null when somebody else was first
   */
  apply(task: Task, transition: Transition, also?: AlsoWrite): Promise<Task | null> {
    return this.#write({ kind: 'step', task, transition, also });
  }

  /**
   * `apply`, asked for again until the database answers; `onFailure` is told of each failure and says when.
   *
   * Of an answer that was lost on its way nobody knows what it was: a task that is where the transition leads
   * was brought there by it, for nobody else reports of this attempt.
   */
  async applyInTheEnd(
    task: Task,
    transition: Transition,
    also: AlsoWrite | undefined,
    onFailure: (error: unknown) => Promise<void>,
  ): Promise<Task | null> {
    for (let failures = 0; ; failures += 1) {
      try {
        const applied = await this.apply(task, transition, also);
        return applied ?? (failures > 0 ? await this.#appliedBefore(task, transition) : null);
      } catch (error) {
        await onFailure(error);
      }
    }
  }

  async #appliedBefore({ id, row }: Task, { set }: Transition): Promise<Task | null> {
    const stored = await this.find(id);
    const isThere = stored?.row.status === set.status && stored?.row.attempt === (set.attempt ?? row.attempt);
    return isThere ? stored : null;
  }

  /** Changes what is no step of a task's life (its priority, a wish to cancel), under the same condition. */
  async amend(task: Task, set: Partial<TaskRow>): Promise<Task | null> {
    const [row] = await this.database.queries.update(tasks).set(set).where(isStill(task)).returning();
    if (row === undefined) return null;
    await this.#tell(channels.task, row.taskId);
    return new Task(row);
  }

  /** Stores the progress of many running tasks, in the order given, in one statement and publishes it. */
  async describe(
    changes: readonly (Attempt & { description: string; progress: number | null })[],
  ): Promise<void> {
    const numbered = JSON.stringify(changes.map((change, n) => ({ ...change, n })));
    const change = async (queries: Queries): Promise<Change<null>> => {
      const { rows } = await queries.execute<{ taskId: string; userId: string; n: number }>(sql`
        with changes as (
          select c.*, t.user_id from jsonb_to_recordset(${numbered}::jsonb)
              as c(n int, "taskId" text, attempt int, description text, progress float8)
            join tasks t on t.task_id = c."taskId" and t.attempt = c.attempt and t.status = 'running'
        ), updated as (
          update tasks set description = newest.description, progress = newest.progress
            from (select distinct on ("taskId") * from changes order by "taskId", n desc) newest
            where tasks.task_id = newest."taskId" and tasks.attempt = newest.attempt and tasks.status = 'running'
        )
        select n, user_id as "userId" from changes order by n`);
      const at = new Date();
      const events = rows.map(({ n, userId }): EventDraft => {
        const { taskId, description, progress } = changes[n]!;
        const data = { task_id: taskId, description, progress };
        return { type: 'task_description_update', at, taskId, userId, data };
      });
      return { value: null, events };
    };
    await this.#write({ kind: 'other', change });
  }

  /** From here on events are published: what was stored before is history. */
  async begin(): Promise<void> {
    this.#published = await this.lastSequence();
  }

  /** Publishes what was stored since the last look, by other processes or by a commit whose answer was lost. */
  catchUp(): void {
    this.#mustCatchUp = true;
    void this.#drain();
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

  /**
   * Keeps the leases of attempts that run here from expiring.
   *
   * @returns those that still are ours, and whether somebody wants them cancelled; the others were lost
   */
  async renewLeases(attempts: readonly Attempt[]): Promise<Map<string, { cancelRequested: boolean }>> {
    if (attempts.length === 0) return new Map();
    const rows = await this.database.queries
      .update(tasks)
      .set({ leaseExpiresAt: leaseEnd })
      .where(
        and(
          inArray(
            tasks.taskId,
            attempts.map(({ taskId }) => taskId),
          ),
          eq(tasks.status, 'running'),
          eq(tasks.nodeId, this.config.nodeId),
        ),
      )
      .returning({
        taskId: tasks.taskId,
        attempt: tasks.attempt,
        cancelRequested: tasks.cancelRequested,
      });
    const attemptOf = new Map(attempts.map(({ taskId, attempt }) => [taskId, attempt]));
    return new Map(
      rows
        .filter(({ taskId, attempt }) => attemptOf.get(taskId) === attempt)
        .map(({ taskId, cancelRequested }) => [taskId, { cancelRequested }]),
    );
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
    await this.#tell(channels.setting, key);
  }

  /** The value of a setting, which the first caller of all decides. */
  async settingOnce(key: string, value: string): Promise<string> {
    await this.database.queries.insert(settings).values({ key, value }).onConflictDoNothing();
    return (await this.readSetting(key)) as string;
  }

  #write<Value>(write: Write): Promise<Value> {
    return new Promise<Value>((resolve, reject) => {
      this.#pending.push({ write, resolve: resolve as (value: unknown) => void, reject });
      void this.#drain();
    });
  }

  async #drain(): Promise<void> {
    if (this.#isWriting) return;
    this.#isWriting = true;
    for (;;) {
      // What is asked for in the same turn of the event loop goes along.
      await nextTurn();
      if (this.#mustCatchUp) await this.#publishMissed();
      else if (this.#pending.length > 0) await this.#commit(this.#nextToCommit());
      else break;
    }
    this.#isWriting = false;
  }

  /** As many as may share a transaction: no two of one task, so that what came first is made first. */
  #nextToCommit(): PendingWrite[] {
    const ids = new Set<string>();
    let count = 0;
    for (const { write } of this.#pending.slice(0, mostAtOnce)) {
      const id = taskIdOf(write);
      if (id !== null && ids.has(id)) break;
      if (id !== null) ids.add(id);
      count += 1;
    }
    return this.#pending.splice(0, count);
  }

  /**
   * One transaction for all these writes; then their events are published and their callers answered.
   * When one of them fails nothing is stored, and each half of them is tried anew until that one is alone.
   */
  async #commit(pending: readonly PendingWrite[]): Promise<void> {
    let changes: readonly Change<unknown>[] = [];
    let stored: StoredTaskEvent[] = [];
    let refusal: unknown = null;
    try {
      await this.database.transactionAlone(locks.events, async (queries) => {
        try {
          changes = await makeTogether(
            queries,
            pending.map(({ write }) => write),
          );
        } catch (error) {
          refusal = error;
          throw error;
        }
        stored = await this.#storeEvents(
          queries,
          changes.flatMap(({ events }) => events),
        );
      });
    } catch (error) {
      // Any other error is of the database itself, and then whether all this was stored may not be known.
      const isUndone = error === refusal;
      if (isUndone && pending.length > 1) {
        const half = Math.ceil(pending.length / 2);
        await this.#commit(pending.slice(0, half));
        await this.#commit(pending.slice(half));
      } else {
        for (const { reject } of pending) reject(error);
      }
      return;
    }
    await this.#publish(stored);
    if (stored.length > 0) this.#own.next(stored);
    changes.forEach(({ value }, n) => pending[n]!.resolve(value));
  }

  async #storeEvents(queries: Queries, drafts: readonly EventDraft[]): Promise<StoredTaskEvent[]> {
    if (drafts.length === 0) return [];
    const numbered = JSON.stringify(drafts.map((draft, n) => ({ ...draft, n })));
    const tell = this.database.isShared
      ? sql`, pg_notify(${channels.events}, ${this.config.nodeId})`
      : sql.empty();
    const { rows } = await queries.execute<{ sequence: string }>(sql`
      with stored as (
        insert into task_events (at, type, task_id, user_id, data)
          select at, type, "taskId", "userId", data from jsonb_to_recordset(${numbered}::jsonb)
            as e(n int, at timestamptz, type text, "taskId" text, "userId" text, data jsonb)
          order by n
          returning sequence
      )
      select sequence ${tell} from stored order by sequence`);
    return drafts.map(
      ({ type, at, userId, data }, n) =>
        ({ type, sequence: Number(rows[n]!.sequence), at, userId, data }) as unknown as StoredTaskEvent,
    );
  }

  /** Publishes what was just stored, after what others have stored before it. */
  async #publish(stored: readonly StoredTaskEvent[]): Promise<void> {
    const [first] = stored;
    if (first === undefined) return;
    const isNext = this.#published === null || first.sequence === this.#published + 1;
    if (!isNext && !(await this.#publishMissed(first.sequence - 1))) return;
    for (const event of stored) this.events.publish(event);
    this.#published = stored.at(-1)!.sequence;
  }

  /** Events up to a sequence number that were not published here; false when they cannot be read now, and then the next look finds them. */
  async #publishMissed(upTo = Number.MAX_SAFE_INTEGER): Promise<boolean> {
    this.#mustCatchUp = false;
    if (this.#published === null) return true;
    try {
      for (;;) {
        const after: number = this.#published;
        const found = await this.eventsAfter({ after, userId: null, limit: mostCaughtUp });
        const missed = found.filter(({ sequence }) => sequence <= upTo);
        if (missed.length === 0) return true;
        for (const event of missed) this.events.publish(event);
        this.#published = missed.at(-1)!.sequence;
        this.#foreign.next(missed);
        if (missed.length < mostCaughtUp) return true;
      }
    } catch {
      return false;
    }
  }

  async #tell(channel: string, payload: string): Promise<void> {
    if (!this.database.isShared) return;
    await this.database.queries.execute(sql`select pg_notify(${channel}, ${payload})`);
  }
}
