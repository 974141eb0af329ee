import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Injectable } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import type { ProcessUse } from '../../src/queue/execution/process-launcher.js';
import { productionPolicy, Scheduler } from '@app/scheduler';
import { Subject } from 'rxjs';
import { z } from 'zod';
import { Clock } from '../../src/clock/clock.js';
import { ManualClock } from '../../src/clock/manual-clock.fixture.js';
import { Config, readConfig } from '../../src/config/config.js';
import { Database } from '../../src/database/database.js';
import { DatabaseClock } from '../../src/database/database-clock.js';
import { ResourceMonitor } from '../../src/resources/resource-monitor.js';
import { LeaseKeeper } from '../../src/queue/cluster/lease-keeper.js';
import { TaskHandlers } from '../../src/queue/domain/task-handlers.js';
import type { Attempt, FinishedAttempt } from '../../src/queue/execution/attempt.js';
import { AttemptRegistry } from '../../src/queue/execution/attempt-registry.js';
import { AttemptSettlement, type Settlement } from '../../src/queue/execution/attempt-settlement.js';
import { AttemptWatchdog } from '../../src/queue/execution/attempt-watchdog.js';
import { handlerOf } from '../../src/queue/execution/execution.fixture.js';
import { FakeLauncher, type FakeProcess } from '../../src/queue/execution/fake-launcher.fixture.js';
import { LocalExecutor } from '../../src/queue/execution/local-executor.js';
import { ProcessLauncher } from '../../src/queue/execution/process-launcher.js';
import { Reservations } from '../../src/queue/execution/reservations.js';
import { QueueLifecycle } from '../../src/queue/scheduling/queue-lifecycle.js';
import { QueueMirror } from '../../src/queue/scheduling/queue-mirror.js';
import { SchedulingLoop } from '../../src/queue/scheduling/scheduling-loop.js';
import { Submissions } from '../../src/queue/scheduling/submissions.js';
import { queueProviders } from '../../src/queue/queue.providers.js';
import { TaskStore } from '../../src/queue/storage/task-store.js';

/** The number of shards of a sharded task of the model. */
export const shardCount = 2;

/** What a process of the model leaves as its result, and what it returns. */
export interface ModelResult {
  readonly taskId: string;
  readonly attempt: number;
  readonly shard: number | null;
}

/** Counts how often each attempt is settled. */
@Injectable()
export class CountedSettlement extends AttemptSettlement {
  readonly counts = new Map<Attempt, number>();

  override settle(attempt: Attempt, finished: FinishedAttempt): Promise<Settlement> {
    this.counts.set(attempt, (this.counts.get(attempt) ?? 0) + 1);
    return super.settle(attempt, finished);
  }
}

/**
 * A node of the queue as it runs in the server: everything of it but the processes, the machine and the time, which
 * are in the hands of the model. Killed by being forgotten: its time stands still, and its processes say nothing more.
 */
export class ModelNode {
  private constructor(
    readonly clock: ManualClock,
    readonly launcher: FakeLauncher,
    readonly store: TaskStore,
    readonly executor: LocalExecutor,
    readonly attempts: AttemptRegistry,
    readonly settlement: CountedSettlement,
    readonly reservations: Reservations,
    readonly leases: LeaseKeeper,
    readonly watchdog: AttemptWatchdog,
    readonly loop: SchedulingLoop,
    readonly mirror: QueueMirror,
    readonly submissions: Submissions,
    readonly scheduler: Scheduler,
  ) {}

  static async start(database: Database, dataDir: string): Promise<ModelNode> {
    const clock = new ManualClock();
    const launcher = new FakeLauncher();
    const scheduler = new Scheduler(productionPolicy);
    const config = readConfig({ HEADROOM_DATA_DIR: dataDir, HEADROOM_NODE_ID: 'here' });
    const monitor = {
      sampled$: new Subject(),
      watch: () => undefined,
      unwatch: () => ({ cpuSeconds: 0.1, peakRamMb: 64 }),
      logDecision: () => undefined,
      resources: () => ({}),
    };
    const module = await Test.createTestingModule({
      providers: [
        ...queueProviders,
        DatabaseClock,
        { provide: Config, useValue: config },
        { provide: Database, useValue: database },
        { provide: Scheduler, useValue: scheduler },
        { provide: ResourceMonitor, useValue: monitor },
        { provide: Clock, useValue: clock },
      ],
    })
      .overrideProvider(ProcessLauncher)
      .useValue(launcher)
      .overrideProvider(AttemptSettlement)
      .useClass(CountedSettlement)
      .compile();
    module.useLogger(false);
    const get = <Value>(token: abstract new (...args: never[]) => Value): Value =>
      module.get<Value>(token, { strict: false });
    const handlers = get(TaskHandlers);
    for (const type of ['single', 'sharded']) handlers.register(handlerOfModel(type));
    const node = new ModelNode(
      clock,
      launcher,
      get(TaskStore),
      get(LocalExecutor),
      get(AttemptRegistry),
      module.get<CountedSettlement>(AttemptSettlement, { strict: false }),
      get(Reservations),
      get(LeaseKeeper),
      get(AttemptWatchdog),
      get(SchedulingLoop),
      get(QueueMirror),
      get(Submissions),
      scheduler,
    );
    await clock.advance(1000);
    node.sample();
    await get(QueueLifecycle).onApplicationBootstrap();
    return node;
  }

  /** Shows the scheduler a machine on which four tasks fit at once. */
  sample(): void {
    this.scheduler.observe({
      atMs: this.clock.steadyMs(),
      totalCpuMillicores: 4_000,
      availableCpuMillicores: 4_000,
      totalRamMb: 16_384,
      availableRamMb: 16_384,
      isCpuSaturated: false,
      memoryPressureSome10: 0,
      memoryPressureFull10: 0,
      tasks: new Map(),
    });
  }

  /** Processes that have not ended. */
  get alive(): FakeProcess[] {
    return this.launcher.processes.filter(({ isGone }) => !isGone);
  }
}

/** Ends a process as one that has done its work: its result lies under its name, whole. */
export async function endWithResult(process: FakeProcess): Promise<void> {
  const { taskId, attempt, shard, resultPath, shardResults } = process.order;
  for (const path of shardResults) if (path !== null) readFileSync(path);
  const result: ModelResult = { taskId, attempt, shard: shard?.index ?? null };
  mkdirSync(dirname(resultPath), { recursive: true });
  writeFileSync(resultPath, gzipSync(JSON.stringify(result)));
  await process.end({ type: 'done', summary: result, use });
}

/** Kills a process while it writes its result. */
export async function killDuringWrite(process: FakeProcess): Promise<void> {
  const { resultPath } = process.order;
  mkdirSync(dirname(resultPath), { recursive: true });
  writeFileSync(`${resultPath}.0.tmp`, '');
  await process.end({ type: 'killed' });
}

const use: ProcessUse = { loadedAtMs: null, cpuSeconds: 0.1, peakRamMb: 64 };

function handlerOfModel(type: string) {
  return handlerOf({
    type,
    payload: z.unknown(),
    ...(type === 'sharded' && { shards: () => shardCount }),
    completed: async (transaction, task, summary, file) => {
      const { attempt } = summary as ModelResult;
      await transaction.execute(
        'insert into model_completions (task_id, attempt, file) values ($1, $2, $3)',
        [task.task_id, attempt, file],
      );
    },
  });
}
