import { productionPolicy, Scheduler, type MachineSample } from '@app/scheduler';
import { Subject } from 'rxjs';
import { ManualClock } from '../../clock/manual-clock.fixture.js';
import { readConfig } from '../../config/config.js';
import type { Database } from '../../database/database.js';
import type { DatabaseClock } from '../../database/database-clock.js';
import type { ResourceMonitor } from '../../resources/resource-monitor.js';
import type { NodeRegistry } from '../cluster/node-registry.js';
import type { QueuePosition } from '../domain/queue-position.js';
import { TaskEvents, type TaskEvent } from '../domain/task-events.js';
import { FakeExecutor } from '../execution/fake-executor.fixture.js';
import { Reservations } from '../execution/reservations.js';
import { MemoryTaskStore } from '../storage/memory-task-store.fixture.js';
import { AdmissionDecisions, type TaskDecision } from './admission-decisions.js';
import { Admission } from './admission.js';
import { CycleTriggers } from './cycle-triggers.js';
import { Drain } from './drain.js';
import { QueueMirror } from './queue-mirror.js';
import { QueuePositions } from './queue-positions.js';
import { SchedulerState } from './scheduler-state.js';
import { SchedulingCycle } from './scheduling-cycle.js';
import { SchedulingLoop } from './scheduling-loop.js';
import { Submissions } from './submissions.js';
import { TaskClaims } from './task-claims.js';

class FakeNodes {
  readonly heartbeats$ = new Subject<void>();
  isWorker = true;
  shown: ReadonlyMap<string, QueuePosition> = new Map();

  publishPositions(positions: ReadonlyMap<string, QueuePosition>): void {
    this.shown = positions;
  }

  earliestPositions(positions: ReadonlyMap<string, QueuePosition>): Map<string, QueuePosition> {
    return new Map(positions);
  }
}

class FakeMonitor {
  readonly sampled$ = new Subject<unknown>();
  readonly logged: string[] = [];

  logDecision(taskType: string): void {
    this.logged.push(taskType);
  }
}

/** All of scheduling, with its scheduler, on a fake executor, a store in memory and a clock that stands still. */
export function schedulingFixture({ cores = 4 } = {}) {
  const clock = new ManualClock();
  const config = readConfig({ HEADROOM_NODE_ID: 'here' });
  const events = new TaskEvents();
  const published: TaskEvent[] = [];
  events.all$.subscribe((event) => published.push(event));
  const store = new MemoryTaskStore(events);
  const executor = new FakeExecutor();
  const nodes = new FakeNodes();
  const monitor = new FakeMonitor();
  const scheduler = new Scheduler(productionPolicy);
  scheduler.observe(machine(clock, cores));
  const asNodes = nodes as unknown as NodeRegistry;
  const asMonitor = monitor as unknown as ResourceMonitor;
  const database = { isShared: false } as Database;
  const reservations = new Reservations(scheduler, clock);
  const databaseClock = { offsetMs: 0 };
  const mirror = new QueueMirror(store.asStore, databaseClock as DatabaseClock, events);
  const positions = new QueuePositions(asNodes, mirror, events, clock);
  const submissions = new Submissions(mirror, clock);
  const decisions = new AdmissionDecisions(scheduler, asMonitor, asNodes);
  const decided: TaskDecision[] = [];
  decisions.admissionDecisions$.subscribe((decision) => decided.push(decision));
  const admission = new Admission(scheduler, reservations, asNodes, clock);
  const claims = new TaskClaims(config, store.asStore, mirror, positions, decisions);
  const cycle = new SchedulingCycle(submissions, admission, mirror, positions, claims, executor);
  const state = new SchedulerState(config, store.asStore, scheduler, events, database);
  // Not made before it is wanted: it runs cycles as soon as tasks are submitted.
  const makeTriggers = () => new CycleTriggers(submissions, mirror, executor, asMonitor, asNodes);
  const makeLoop = () => {
    const drain = new Drain(config, executor);
    return new SchedulingLoop(cycle, submissions, mirror, state, drain, makeTriggers());
  };
  return {
    admission,
    claims,
    clock,
    config,
    cycle,
    databaseClock,
    decided,
    events,
    executor,
    makeLoop,
    makeTriggers,
    mirror,
    monitor,
    nodes,
    positions,
    published,
    reservations,
    scheduler,
    state,
    store,
    submissions,
  };
}

/** A machine with nothing to do, and RAM enough. */
export function machine(clock: ManualClock, cores: number): MachineSample {
  return {
    atMs: clock.steadyMs(),
    totalCpuMillicores: 1000 * cores,
    availableCpuMillicores: 1000 * cores,
    totalRamMb: 64_000,
    availableRamMb: 64_000,
    memoryPressureSome10: null,
    memoryPressureFull10: null,
    tasks: new Map(),
  };
}
