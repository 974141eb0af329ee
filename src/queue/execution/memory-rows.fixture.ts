import { assertTransition, ruleOf } from '../domain/task-transitions.js';
import { taskRow } from '../domain/task.fixture.js';
import type { TaskRow } from '../domain/task-row.js';
import { Task, type Transition } from '../domain/task.js';
import type { Shard } from '../storage/shard-store.js';

/** The rows of tasks in memory, with the fences of the real store. */
export class MemoryTaskStore {
  readonly rows = new Map<string, TaskRow>();
  readonly progress: { taskId: string; description: string; progress: number | null }[] = [];
  /** Every transition that was stored, in order. */
  readonly stored: { taskId: string; attempt: number; name: string }[] = [];
  /** While set, every write fails like this. */
  failure: Error | null = null;
  /** Waits here before each commit, to let a test act in between. */
  beforeCommit: () => Promise<void> = () => Promise.resolve();
  afterCommit: () => Promise<void> = () => Promise.resolve();

  add(fields: Partial<TaskRow>): Task {
    const row = taskRow(fields);
    this.rows.set(row.taskId, row);
    return new Task(row);
  }

  find(taskId: string): Promise<Task | null> {
    const row = this.rows.get(taskId);
    return Promise.resolve(row === undefined ? null : new Task(row));
  }

  async apply(
    task: Task,
    transition: Transition,
    hook?: (q: never, t: Task) => Promise<void>,
  ): Promise<Task | null> {
    if (this.failure) throw this.failure;
    await this.beforeCommit();
    const row = this.rows.get(task.id);
    const rule = ruleOf(transition.name);
    if (row?.status !== task.row.status || row.attempt !== task.row.attempt) return null;
    if (rule.fence === 'node' && row.nodeId !== task.row.nodeId) return null;
    assertTransition(task.id, transition.name, row.status);
    const changed = new Task({ ...row, ...transition.set, status: rule.to });
    await hook?.({} as never, changed);
    this.rows.set(task.id, changed.row);
    this.stored.push({ taskId: task.id, attempt: row.attempt, name: transition.name });
    await this.afterCommit();
    return changed;
  }

  async applyWithRetry(
    task: Task,
    transition: Transition,
    hook: ((q: never, t: Task) => Promise<void>) | undefined,
    onOutage: (error: unknown) => Promise<void>,
  ): Promise<Task | null> {
    for (;;) {
      try {
        return await this.apply(task, transition, hook);
      } catch (error) {
        if (!isConnectionError(error)) throw error;
        await onOutage(error);
      }
    }
  }

  describe(changes: MemoryTaskStore['progress']): Promise<void> {
    this.progress.push(...changes);
    return Promise.resolve();
  }
}

/** Shards in memory, on the rows of a `MemoryTaskStore`. */
export class MemoryShardStore {
  readonly shards = new Map<string, Shard[]>();

  constructor(private readonly tasks: MemoryTaskStore) {}

  open(task: Task, count: number): Promise<Shard[] | null> {
    if (!this.#isCurrent(task)) return Promise.resolve(null);
    const known =
      this.shards.get(task.id) ??
      Array.from({ length: count }, (_, index): Shard => ({
        index,
        attempt: 1,
        status: 'queued',
        result: null,
        memoryKills: 0,
      }));
    const opened = known.map((shard): Shard =>
      shard.status === 'running' ? { ...shard, status: 'queued', attempt: shard.attempt + 1 } : shard,
    );
    this.shards.set(task.id, opened);
    return Promise.resolve(opened);
  }

  claim(task: Task, index: number, attempt: number): Promise<boolean> {
    return Promise.resolve(this.#step(task, index, attempt, 'queued', { status: 'running' }) !== null);
  }

  complete(task: Task, index: number, attempt: number, result: string): Promise<boolean> {
    return Promise.resolve(
      this.#step(task, index, attempt, 'running', { status: 'completed', result }) !== null,
    );
  }

  release(task: Task, index: number, attempt: number): Promise<Shard | null> {
    const { memoryKills } = this.shards.get(task.id)![index]!;
    const change = { status: 'queued', attempt: attempt + 1, memoryKills: memoryKills + 1 } as const;
    return Promise.resolve(this.#step(task, index, attempt, 'running', change));
  }

  discard(task: Task, indexes: readonly number[]): Promise<Shard[] | null> {
    for (const index of indexes) {
      const { attempt } = this.shards.get(task.id)![index]!;
      this.#step(task, index, attempt, 'completed', { status: 'queued', attempt: attempt + 1, result: null });
    }
    return Promise.resolve(this.shards.get(task.id)!);
  }

  forget(_queries: unknown, taskIds: readonly string[]): Promise<void> {
    for (const id of taskIds) this.shards.delete(id);
    return Promise.resolve();
  }

  #isCurrent({ id, row }: Task): boolean {
    const stored = this.tasks.rows.get(id);
    return stored?.status === 'running' && stored.attempt === row.attempt;
  }

  #step(
    task: Task,
    index: number,
    attempt: number,
    from: Shard['status'],
    change: Partial<Shard>,
  ): Shard | null {
    const shards = this.shards.get(task.id)!;
    const shard = shards[index]!;
    if (!this.#isCurrent(task) || shard.status !== from || shard.attempt !== attempt) return null;
    shards[index] = { ...shard, ...change };
    return shards[index];
  }
}

/** An error as the driver reports a database that is away. */
export function connectionError(): Error {
  return Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
}

function isConnectionError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED';
}
