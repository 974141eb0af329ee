import type { Provider } from '@nestjs/common';
import { DatabaseClock } from '../database/database-clock.js';
import { AbandonedTasks } from './cluster/abandoned-tasks.js';
import { LeaseKeeper } from './cluster/lease-keeper.js';
import { NodeRegistry } from './cluster/node-registry.js';
import { NodeTable } from './cluster/node-table.js';
import { PeerEvents } from './cluster/peer-events.js';
import { TaskEvents } from './domain/task-events.js';
import { TaskHandlers } from './domain/task-handlers.js';
import { AttemptFiles } from './execution/attempt-files.js';
import { AttemptLogs } from './execution/attempt-logs.js';
import { AttemptRegistry } from './execution/attempt-registry.js';
import { AttemptSettlement } from './execution/attempt-settlement.js';
import { AttemptWatchdog } from './execution/attempt-watchdog.js';
import { ExecutionEvents } from './execution/execution-events.js';
import { LocalExecutor } from './execution/local-executor.js';
import { LocalProcessLauncher } from './execution/local-process-launcher.js';
import { ProcessLauncher } from './execution/process-launcher.js';
import { ProgressBuffer } from './execution/progress-buffer.js';
import { Reservations } from './execution/reservations.js';
import { TaskExecutor } from './execution/task-executor.js';
import { TaskProcesses } from './execution/task-processes.js';
import { WorkFactory } from './execution/work-factory.js';
import { Admission } from './scheduling/admission.js';
import { AdmissionDecisions } from './scheduling/admission-decisions.js';
import { CycleTriggers } from './scheduling/cycle-triggers.js';
import { Drain } from './scheduling/drain.js';
import { MemoryGuard } from './scheduling/memory-guard.js';
import { QueueLifecycle } from './scheduling/queue-lifecycle.js';
import { QueueMirror } from './scheduling/queue-mirror.js';
import { QueuePositions } from './scheduling/queue-positions.js';
import { SchedulerState } from './scheduling/scheduler-state.js';
import { SchedulingCycle } from './scheduling/scheduling-cycle.js';
import { SchedulingLoop } from './scheduling/scheduling-loop.js';
import { Submissions } from './scheduling/submissions.js';
import { TaskClaims } from './scheduling/task-claims.js';
import { OrphanFileSweeper } from './storage/orphan-file-sweeper.js';
import { QueueSnapshots } from './storage/queue-reads.js';
import { Retention } from './storage/retention.js';
import { ShardStore } from './storage/shard-store.js';
import { TaskHistory } from './storage/task-history.js';
import { TaskStore } from './storage/task-store.js';

const execution = [
  AttemptFiles,
  AttemptLogs,
  AttemptRegistry,
  AttemptSettlement,
  AttemptWatchdog,
  ExecutionEvents,
  LocalExecutor,
  LocalProcessLauncher,
  ProgressBuffer,
  Reservations,
  TaskProcesses,
  WorkFactory,
  { provide: ProcessLauncher, useExisting: LocalProcessLauncher },
  { provide: TaskExecutor, useExisting: LocalExecutor },
];

const cluster = [AbandonedTasks, LeaseKeeper, NodeRegistry, NodeTable, PeerEvents];

const scheduling = [
  Admission,
  AdmissionDecisions,
  CycleTriggers,
  Drain,
  MemoryGuard,
  QueueLifecycle,
  QueueMirror,
  QueuePositions,
  SchedulerState,
  SchedulingCycle,
  SchedulingLoop,
  Submissions,
  TaskClaims,
];

const storage = [
  DatabaseClock,
  OrphanFileSweeper,
  QueueSnapshots,
  Retention,
  ShardStore,
  TaskHistory,
  TaskStore,
];

/** The whole queue but for its public face: what starts, runs and stores tasks on one node. */
export const queueProviders: readonly Provider[] = [
  TaskEvents,
  TaskHandlers,
  ...execution,
  ...cluster,
  ...scheduling,
  ...storage,
];
