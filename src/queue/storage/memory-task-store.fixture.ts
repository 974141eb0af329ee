import { Subject } from 'rxjs';
import { stateEventData, TaskEvents, type StoredTaskEvent } from '../domain/task-events.js';
import { taskRow } from '../domain/task.fixture.js';
import { ruleOf } from '../domain/task-transitions.js';
import type { TaskRow } from '../domain/task-row.js';
import { Task, type Transition } from '../domain/task.js';
import type { TaskStore } from './task-store.js';
import type { NewTask, TransactionHook } from './task-writes.js';

/** The error of a database that is away. */
export const outage = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), {
  code: 'ECONNREFUSED',
});

/** A task store in memory, for tests: the methods that scheduling and cluster use, with their fences. */
export class MemoryTaskStore {
  readonly remoteEvents$ = new Subject<readonly StoredTaskEvent[]>();
  readonly rows = new Map<string, TaskRow>();
  readonly settings = new Map<string, unknown>();
  /** The writes that were asked for, in order. */
  readonly writes: string[] = [];
  readonly catchUps: number[] = [];
  /** What every method rejects with; null while the database answers. */
  failure: Error | null = null;
  /** What writes of one task reject with. */
  readonly failures = new Map<string, Error>();
  /** Every method waits for it before it reads or writes. */
  gate: Promise<void> = Promise.resolve();
  #sequence = 0;

  constructor(private readonly events = new TaskEvents()) {}

  /** As what the classes under test are given. */
  get asStore(): TaskStore {
    return this as unknown as TaskStore;
  }

  /** Puts a row in as if another process had. */
  put(fields: Partial<TaskRow>): Task {
    this.#sequence += 1;
    const row = taskRow({ sequence: this.#sequence, ...fields });
    this.rows.set(row.taskId, row);
    return new Task(row);
  }

  async insert(row: NewTask, _position: unknown, inTransaction: TransactionHook): Promise<Task> {
    this.writes.push(`insert ${row.taskId} ${row.status}`);
    await this.#answer(row.taskId);
    const times = { queuedAt: new Date(), startedAt: row.status === 'running' ? new Date() : null };
    const task = new Task(taskRow({ ...row, ...times, sequence: this.#sequence + 1 }));
    await inTransaction(undefined as never, task);
    this.#sequence += 1;
    this.rows.set(task.id, task.row);
    this.#publish(task);
    return task;
  }

  async apply({ row }: Task, { name, set }: Transition): Promise<Task | null> {
    this.writes.push(`${name} ${row.taskId}`);
    await this.#answer(row.taskId);
    const stored = this.rows.get(row.taskId);
    const { from, to } = ruleOf(name);
    if (stored?.attempt !== row.attempt || !from.includes(stored.status)) return null;
    const task = new Task({ ...stored, ...set, status: to });
    this.rows.set(task.id, task.row);
    this.#publish(task);
    if (task.isSettled && !task.hasCompleted) this.#failDependents(task.id);
    return task;
  }

  async find(taskId: string): Promise<Task | null> {
    await this.#answer();
    const row = this.rows.get(taskId);
    return row === undefined ? null : new Task(row);
  }

  async findMany(taskIds: readonly string[]): Promise<Map<string, Task>> {
    await this.#answer();
    const rows = taskIds.flatMap((id) => this.rows.get(id) ?? []);
    return new Map(rows.map((row) => [row.taskId, new Task(row)]));
  }

  async unfinished(): Promise<Task[]> {
    await this.#answer();
    const tasks = [...this.rows.values()].map((row) => new Task(row));
    return tasks.filter(({ isSettled }) => !isSettled).sort((a, b) => a.row.sequence - b.row.sequence);
  }

  async abandoned(): Promise<Task[]> {
    const running = (await this.unfinished()).filter(({ isRunning }) => isRunning);
    return running.filter(({ row }) => row.leaseExpiresAt !== null && row.leaseExpiresAt.getTime() === 0);
  }

  async startedBefore(nodeId: string): Promise<Task[]> {
    return (await this.unfinished()).filter(({ isRunning, row }) => isRunning && row.nodeId === nodeId);
  }

  async renewLeases(
    attempts: readonly { taskId: string; attempt: number }[],
  ): Promise<Map<string, { cancelRequested: boolean }>> {
    await this.#answer();
    return new Map(
      attempts.flatMap(({ taskId, attempt }) => {
        const row = this.rows.get(taskId);
        if (row?.status !== 'running' || row.attempt !== attempt) return [];
        return [[taskId, { cancelRequested: row.cancelRequested }] as const];
      }),
    );
  }

  async readSetting(key: string): Promise<unknown> {
    await this.#answer();
    return this.settings.get(key) ?? null;
  }

  async writeSetting(key: string, value: unknown): Promise<void> {
    await this.#answer();
    this.settings.set(key, value);
  }

  async begin(): Promise<void> {
    await this.#answer();
  }

  catchUp(): void {
    this.catchUps.push(this.#sequence);
  }

  /** Ends a task as its executor would. */
  async settle(taskId: string, status: 'completed' | 'failed'): Promise<void> {
    const task = new Task({ ...this.rows.get(taskId)!, status });
    this.rows.set(taskId, task.row);
    this.#publish(task);
    if (status === 'failed') this.#failDependents(taskId);
    await this.#answer();
  }

  async #answer(taskId?: string): Promise<void> {
    await this.gate;
    const failure = this.failure ?? (taskId === undefined ? undefined : this.failures.get(taskId));
    if (failure) throw failure;
  }

  #failDependents(taskId: string): void {
    for (const row of this.rows.values()) {
      if (row.runAfter !== taskId || row.status !== 'queued') continue;
      const failed = new Task({ ...row, status: 'failed' });
      this.rows.set(failed.id, failed.row);
      this.#publish(failed);
    }
  }

  #publish(task: Task): void {
    const { row } = task;
    const type = task.isQueued ? 'task_queued' : task.isRunning ? 'task_running' : 'task_completed';
    const data = stateEventData(type, task.view(null));
    const event = { type, data, sequence: row.sequence, at: new Date(), userId: row.userId };
    this.events.publish(event as unknown as StoredTaskEvent);
  }
}
