import { Logger } from '@nestjs/common';
import type { TaskHandler } from '@app/tasks-sdk';
import { z } from 'zod';
import { productionPolicy, Scheduler } from '@app/scheduler';
import { ManualClock } from '../../clock/manual-clock.fixture.js';
import type { Config } from '../../config/config.js';
import type { ResourceMonitor } from '../../resources/resource-monitor.js';
import { TaskHandlers } from '../domain/task-handlers.js';
import type { TaskRow } from '../domain/task-row.js';
import type { Task } from '../domain/task.js';
import type { ShardStore } from '../storage/shard-store.js';
import type { TaskStore } from '../storage/task-store.js';
import { AttemptFiles } from './attempt-files.js';
import { AttemptLogs } from './attempt-logs.js';
import { AttemptRegistry } from './attempt-registry.js';
import { AttemptSettlement } from './attempt-settlement.js';
import { AttemptWatchdog } from './attempt-watchdog.js';
import { ExecutionEvents } from './execution-events.js';
import { FakeLauncher, settle } from './fake-launcher.fixture.js';
import { LocalExecutor } from './local-executor.js';
import { MemoryShardStore, MemoryTaskStore } from './memory-rows.fixture.js';
import { ProgressBuffer } from './progress-buffer.js';
import { Reservations } from './reservations.js';
import { TaskProcesses } from './task-processes.js';
import { WorkFactory } from './work-factory.js';

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
  const events = new ExecutionEvents();
  const taskStore = store as unknown as TaskStore;
  const shardStore = shards as unknown as ShardStore;
  const files = new FakeFiles(config, taskHandlers, taskStore);
  const reservations = new Reservations(scheduler, clock);
  const processes = new TaskProcesses(config, launcher, monitor, events, clock);
  const settlement = new AttemptSettlement(taskHandlers, taskStore, shardStore, files, events, clock);
  const logs = new AttemptLogs(config, clock);
  const works = new WorkFactory(taskHandlers, processes, shardStore, files, logs, clock);
  const progress = new ProgressBuffer(taskStore, clock);
  const executor = new LocalExecutor(registry, settlement, works, progress, reservations, clock);
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
    settlement,
    works,
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
