import { Logger } from '@nestjs/common';
import type { TaskHandler } from '@app/tasks-sdk';
import { z } from 'zod';
import { productionPolicy, Scheduler } from '@app/scheduler';
import { ManualClock } from '../../clock/manual-clock.fixture.js';
import type { Config } from '../../config/config.js';
import type { ResourceMonitor } from '../../resources/resource-monitor.js';
import type { StopReason } from '../domain/attempt-outcome.js';
import { assertTransition, ruleOf } from '../domain/task-transitions.js';
import { TaskHandlers } from '../domain/task-handlers.js';
import { taskRow } from '../domain/task.fixture.js';
import { Task, type TaskRow, type Transition } from '../domain/task.js';
import type { Shard, ShardStore } from '../storage/shard-store.js';
import type { TaskStore } from '../storage/task-store.js';
import { AttemptFiles } from './attempt-files.js';
import type { AttemptLogs } from './attempt-logs.js';
import { AttemptRegistry } from './attempt-registry.js';
import { AttemptSettlement } from './attempt-settlement.js';
import { AttemptWatchdog } from './attempt-watchdog.js';
import { ExecutionEvents } from './execution-events.js';
import { LocalExecutor } from './local-executor.js';
import {
  ProcessLauncher,
  type ProcessEnd,
  type ProcessHandle,
  type ProcessObserver,
  type ProcessOrder,
} from './process-launcher.js';
import { ProgressBuffer } from './progress-buffer.js';
import { Reservations } from './reservations.js';
import { TaskProcesses } from './task-processes.js';
import { WorkFactory } from './work-factory.js';

/** A process that ends when a test says so. */
export class FakeProcess implements ProcessHandle {
  readonly pid = 4242;
  readonly stops: StopReason[] = [];
  readonly ended: Promise<ProcessEnd>;
  isGone = false;
  #end!: (end: ProcessEnd) => void;

  constructor(
    readonly order: ProcessOrder,
    readonly observer: ProcessObserver,
  ) {
    this.ended = new Promise((resolve) => (this.#end = resolve));
  }

  isAlive(): boolean {
    return !this.isGone;
  }

  stop(reason: StopReason): void {
    this.stops.push(reason);
  }

  async end(end: ProcessEnd): Promise<void> {
    this.isGone = true;
    this.#end(end);
    await settle();
  }

  /** As the launcher reports the end of a process that was stopped. */
  endStopped(): Promise<void> {
    return this.end({ type: 'stopped', reason: this.stops[0]! });
  }
}

export class FakeLauncher extends ProcessLauncher {
  readonly processes: FakeProcess[] = [];
  /** The attempts whose leftovers were killed, as `<taskId>.<attempt>`. */
  readonly killedLeftovers: string[] = [];

  override launch(order: ProcessOrder, observer: ProcessObserver): FakeProcess {
    const process = new FakeProcess(order, observer);
    this.processes.push(process);
    return process;
  }

  override killLeftBehind(taskId: string, attempt: number): Promise<void> {
    this.killedLeftovers.push(`${taskId}.${attempt}`);
    return Promise.resolve();
  }

  get last(): FakeProcess {
    return this.processes.at(-1)!;
  }
}

/** The rows of tasks in memory, with the fences of the real store. */
class MemoryTaskStore {
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
class MemoryShardStore {
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

/** Names of files as ever; which results of shards cannot be read is in the hands of the test. */
class FakeFiles extends AttemptFiles {
  readonly unreadable: number[] = [];

  override unreadableShards(): Promise<number[]> {
    return Promise.resolve(this.unreadable);
  }
}

/** An executor on fakes: processes, rows and time are in the hands of the test. */
export function executorOnFakes(handlers: readonly Partial<TaskHandler>[] = []) {
  Logger.overrideLogger(false);
  const clock = new ManualClock();
  const launcher = new FakeLauncher();
  const store = new MemoryTaskStore();
  const shards = new MemoryShardStore(store);
  const scheduler = new Scheduler(productionPolicy);
  const registry = new AttemptRegistry();
  const taskHandlers = new TaskHandlers();
  for (const handler of [{ type: 'backtest' }, ...handlers]) taskHandlers.register(handlerOf(handler));
  const config = { dataDir: '/nonexistent/headroom-test', nodeId: 'here' } as unknown as Config;
  const monitor = {
    watch: () => undefined,
    unwatch: () => ({ cpuSeconds: 1, peakRamMb: 100 }),
  } as unknown as ResourceMonitor;
  const logs = {
    open: () => ({
      stream: () => ({ write: () => undefined, end: () => undefined }),
      close: () => Promise.resolve(),
    }),
  } as unknown as AttemptLogs;
  const events = new ExecutionEvents();
  const taskStore = store as unknown as TaskStore;
  const shardStore = shards as unknown as ShardStore;
  const files = new FakeFiles(config, taskHandlers, taskStore);
  const reservations = new Reservations(scheduler, clock);
  const processes = new TaskProcesses(config, launcher, monitor, events, clock);
  const executor = new LocalExecutor(
    registry,
    new AttemptSettlement(taskHandlers, taskStore, shardStore, files, events, clock),
    new WorkFactory(taskHandlers, processes, shardStore, files, logs, clock),
    new ProgressBuffer(taskStore, clock),
    reservations,
    clock,
  );
  const reserve = (task: Task) =>
    reservations.take({ taskId: task.id, userId: task.row.userId, shape: task.shape(), isKillable: true });
  /** Starts a task as the scheduling loop does after its claim. */
  const start = async (fields: Partial<TaskRow> = {}): Promise<Task> => {
    const task = store.add({ status: 'running', nodeId: 'here', startedAt: new Date(0), ...fields });
    executor.start(task, reserve(task));
    await settle();
    return task;
  };
  const row = (task: Task) => store.rows.get(task.id)!;
  return {
    clock,
    launcher,
    store,
    shards,
    files,
    registry,
    reservations,
    executor,
    events,
    watchdog: new AttemptWatchdog(registry),
    start,
    row,
    reserve,
  };
}

export function handlerOf(fields: Partial<TaskHandler>): TaskHandler {
  return {
    type: 'backtest',
    label: 'Backtest',
    resources: { cpuCores: 1, ramGb: 0.5 },
    payload: z.unknown(),
    size: () => 1,
    describe: () => 'A task',
    entry: new URL(import.meta.url),
    ...fields,
  };
}

/** An error as the driver reports a database that is away. */
export function connectionError(): Error {
  return Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
}

function isConnectionError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED';
}

/** Lets everything run that is ready to. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
