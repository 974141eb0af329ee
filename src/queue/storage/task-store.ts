import { setImmediate as nextTurn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { eq, sql } from 'drizzle-orm';
import { Config } from '../../config/config.js';
import { isOutage } from '../../database/database-errors.js';
import { Database, locks } from '../../database/database.js';
import { settings, tasks } from '../../database/schema.js';
import type { QueuePosition } from '../domain/queue-position.js';
import { TaskEvents, type StoredTaskEvent } from '../domain/task-events.js';
import { ruleOf } from '../domain/task-transitions.js';
import type { TaskRow } from '../domain/task-row.js';
import { Task, type Transition } from '../domain/task.js';
import { channels } from './channels.js';
import { EventLog } from './event-log.js';
import { storeProgress, type ProgressChange } from './progress-writes.js';
import { renewLeases, type AttemptRef } from './task-leases.js';
import { matchesVersion, TaskReads } from './task-reads.js';
import { endsAttempt, type Writer } from './task-statements.js';
import {
  applyBatch,
  taskIdsOf,
  type Change,
  type NewTask,
  type TransactionHook,
  type Write,
} from './task-writes.js';

export type { ProgressChange } from './progress-writes.js';
export type { AttemptRef } from './task-leases.js';

const maxBatch = 64;

/** A write that waits for its turn. */
interface PendingWrite {
  readonly write: Write;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** Changes of a task that leave its status as it is. */
export type TaskUpdate = Partial<Pick<TaskRow, 'priority' | 'cancelRequested'>>;

/**
 * The only writer of tasks and their events. A change of status and its event share one transaction, and the event is
 * published after the commit: what a client saw happened.
 *
 * Writes of this process take turns. All that wait share the next transaction and as few statements as possible; one
 * that the database or its hook rejects is rejected alone. On a shared database a lock lets one transaction at a time
 * store events, on whichever node, so the order of the sequence is the order of the commits: a client that has seen an
 * event has seen, or can read, all before it.
 */
@Injectable()
export class TaskStore extends TaskReads {
  readonly #pending: PendingWrite[] = [];
  readonly #log: EventLog;
  readonly #writer: Writer;
  #isWriting = false;
  #mustCatchUp = false;

  /** Events that this process has stored, after they were published here: each on one node only. */
  readonly localEvents$;

  /** Events that other processes have stored, or a commit whose answer was lost, after they were published here. */
  readonly remoteEvents$;

  constructor(
    private readonly database: Database,
    events: TaskEvents,
    private readonly config: Config,
  ) {
    super(database.queries);
    this.#writer = { nodeId: config.nodeId, isAlone: !database.isShared };
    this.#log = new EventLog(database, this, events, config.nodeId);
    this.localEvents$ = this.#log.localEvents$;
    this.remoteEvents$ = this.#log.remoteEvents$;
  }

  /** Stores a new task, queued or already running. */
  insert(row: NewTask, position: QueuePosition | null, inTransaction: TransactionHook): Promise<Task> {
    return this.#write({ kind: 'insert', row, position, inTransaction });
  }

  /**
   * Makes one transition. With a task that ends without success fail the tasks that were to run after it.
   *
   * @returns the task as it is now, or null when the transition's fence did not hold; nothing is changed then
   */
  apply(task: Task, transition: Transition, inTransaction?: TransactionHook): Promise<Task | null> {
    return this.#write({ kind: 'step', task, transition, inTransaction });
  }

  /**
   * `apply`, repeated while the database is away; `onOutage` gets each outage and decides when to try again.
   *
   * The answer to a commit may be lost in an outage: a fence that does not hold afterwards may be this very
   * transition's work, and then it counts as made.
   *
   * @throws every error that is no outage: the database or the hook rejects the transition
   */
  async applyWithRetry(
    task: Task,
    transition: Transition,
    inTransaction: TransactionHook | undefined,
    onOutage: (error: unknown) => Promise<void>,
  ): Promise<Task | null> {
    for (let isRepeated = false; ; isRepeated = true) {
      try {
        const applied = await this.apply(task, transition, inTransaction);
        return applied ?? (isRepeated ? await this.#findApplied(task, transition) : null);
      } catch (error) {
        if (!isOutage(error)) throw error;
        await onOutage(error);
      }
    }
  }

  /** Changes what is no transition, on the condition that status and attempt are still as they were read. */
  async update(task: Task, set: TaskUpdate): Promise<Task | null> {
    const [row] = await this.database.queries.update(tasks).set(set).where(matchesVersion(task)).returning();
    if (row === undefined) return null;
    await this.#notify(channels.task, row.taskId);
    return new Task(row);
  }

  /**
   * Stores the progress of many running attempts, in the order given, in one statement and publishes it.
   *
   * @throws the database's error; when it has rejected some of the changes, all others are stored by then
   */
  async describe(changes: readonly ProgressChange[]): Promise<void> {
    try {
      await this.#write({ kind: 'other', change: (queries) => storeProgress(queries, changes) });
    } catch (error) {
      if (isOutage(error) || changes.length <= 1) throw error;
      const half = Math.ceil(changes.length / 2);
      const outcomes = [];
      for (const part of [changes.slice(0, half), changes.slice(half)]) {
        outcomes.push(await this.describe(part).catch((reason: unknown) => ({ reason })));
      }
      for (const outcome of outcomes) if (outcome !== undefined) throw outcome.reason;
    }
  }

  /** From here on events are published: what was stored before is history. */
  async begin(): Promise<void> {
    await this.#log.begin();
  }

  /** Publishes what was stored since the last look, by other processes or by a commit whose answer was lost. */
  catchUp(): void {
    this.#mustCatchUp = true;
    void this.#drain();
  }

  /**
   * Keeps the leases of attempts that run here, and of their shards, from expiring.
   *
   * @returns by task, those that still are this node's, and whether their cancellation was requested; the others were lost
   */
  renewLeases(attempts: readonly AttemptRef[]): Promise<Map<string, { cancelRequested: boolean }>> {
    return renewLeases(this.database.queries, this.config.nodeId, attempts);
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
    await this.#notify(channels.setting, key);
  }

  /** The value of a setting, which the first caller of all nodes decides. */
  async settingOnce(key: string, value: string): Promise<string> {
    await this.database.queries.insert(settings).values({ key, value }).onConflictDoNothing();
    return (await this.readSetting(key)) as string;
  }

  /** The task when this transition was made already: the history of attempts names it, or the task is where it leads. */
  async #findApplied(task: Task, transition: Transition): Promise<Task | null> {
    const { id, row } = task;
    const stored = await this.find(id);
    if (stored === null) return null;
    if (endsAttempt({ transition })) {
      const ended = (await this.attempts(id)).find(({ attempt }) => attempt === row.attempt);
      return ended?.end === transition.name && ended.nodeId === row.nodeId ? stored : null;
    }
    const { status, attempt, nodeId } = { ...row, ...transition.set, status: ruleOf(transition.name).to };
    const isThere =
      stored.row.status === status && stored.row.attempt === attempt && stored.row.nodeId === nodeId;
    return isThere ? stored : null;
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
      // Writes that are requested in the same turn of the event loop go along.
      await nextTurn();
      if (this.#mustCatchUp) {
        this.#mustCatchUp = false;
        await this.#log.publishMissed();
      } else if (this.#pending.length > 0) await this.#commit(this.#nextBatch());
      else break;
    }
    this.#isWriting = false;
  }

  /** As many as may share a transaction: no two of one task, so that what came first is made first. */
  #nextBatch(): PendingWrite[] {
    const ids = new Set<string>();
    let count = 0;
    for (const { write } of this.#pending.slice(0, maxBatch)) {
      const own = taskIdsOf(write);
      if (own.some((id) => ids.has(id))) break;
      for (const id of own) ids.add(id);
      count += 1;
    }
    return this.#pending.splice(0, count);
  }

  /**
   * One transaction for all these writes; then their events are published and their callers answered. When one of
   * them is rejected nothing is stored, and each half is tried by itself until that one is alone.
   */
  async #commit(pending: readonly PendingWrite[]): Promise<void> {
    let changes: readonly Change<unknown>[] = [];
    let stored: StoredTaskEvent[] = [];
    let isCommitting = false as boolean;
    try {
      await this.database.transactionAlone(locks.events, async (queries) => {
        const writes = pending.map(({ write }) => write);
        changes = await applyBatch(queries, this.#writer, writes);
        stored = await this.#log.store(
          queries,
          changes.flatMap(({ events }) => events),
        );
        isCommitting = true;
      });
    } catch (error) {
      // Whether a commit that failed was made is not known, and in an outage the halves would fail as well.
      if (isCommitting || isOutage(error) || pending.length === 1) {
        for (const { reject } of pending) reject(error);
        return;
      }
      const half = Math.ceil(pending.length / 2);
      await this.#commit(pending.slice(0, half));
      await this.#commit(pending.slice(half));
      return;
    }
    await this.#log.publish(stored);
    changes.forEach(({ value }, n) => {
      pending[n]!.resolve(value);
    });
  }

  async #notify(channel: string, payload: string): Promise<void> {
    if (!this.database.isShared) return;
    await this.database.queries.execute(sql`select pg_notify(${channel}, ${payload})`);
  }
}
