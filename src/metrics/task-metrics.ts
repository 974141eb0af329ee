import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Counter, Gauge, Histogram } from 'prom-client';
import { wordOfEnd, wordsOfEnd } from '../queue/execution/task-process.js';
import { QueueWorker } from '../queue/scheduling/queue-worker.js';
import { reasonOf } from '../queue/scheduling/admission-decisions.js';
import type { StoredTaskEvent } from '../queue/domain/task-events.js';
import { TaskHandlers } from '../queue/domain/task-handlers.js';
import { TaskRunner } from '../queue/execution/task-runner.js';
import { TaskStore } from '../queue/storage/task-store.js';
import { MetricsRegistry } from './registry.js';

/** A plug-in may fail with codes of its own: as labels they would have no end. */
const knownCodes = new Set([
  'CRASHED',
  'DEPENDENCY_FAILED',
  'DISK_FULL',
  'INTERRUPTED',
  'NODE_LOST',
  'OUT_OF_MEMORY',
  'START_FAILED',
  'TASK_FAILED',
  'TIME_LIMIT',
  'UNKNOWN_TASK',
]);
const cancelledCode = 'CANCELLED';
const otherCode = 'OTHER';
/** Every end that a task can have, as labels. */
const ends = [
  { status: 'completed', code: '' },
  { status: 'cancelled', code: cancelledCode },
  ...[...knownCodes, otherCode].map((code) => ({ status: 'failed', code })),
];
const buckets = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 14_400];

/** What becomes of tasks: each step is counted by the node that stored it, so that sums over nodes are true. */
@Injectable()
export class TaskMetrics implements OnApplicationBootstrap {
  readonly #ended;
  readonly #waited;
  readonly #ran;
  readonly #decisions;
  readonly #starts;
  readonly #ends;

  constructor(
    registry: MetricsRegistry,
    store: TaskStore,
    worker: QueueWorker,
    runner: TaskRunner,
    private readonly handlers: TaskHandlers,
  ) {
    const registers = [registry];
    new Gauge({
      registers,
      name: 'headroom_tasks',
      help: 'Tasks by state: running on this node; queued in the whole installation, the same figure on every node.',
      labelNames: ['task_type', 'state'],
      collect() {
        this.reset();
        for (const task_type of handlers.types)
          for (const state of ['queued', 'running']) this.set({ task_type, state }, 0);
        for (const [task_type, count] of worker.queuedByType())
          this.set({ task_type, state: 'queued' }, count);
        for (const [task_type, count] of runner.runningByType())
          this.set({ task_type, state: 'running' }, count);
      },
    });
    new Gauge({
      registers,
      name: 'headroom_queue_paused',
      help: '1 while an admin has paused the queue.',
      collect() {
        this.set(worker.isPaused ? 1 : 0);
      },
    });
    this.#ended = new Counter({
      registers,
      name: 'headroom_tasks_ended_total',
      help: 'Tasks that have ended, by status and, where one failed, by its code.',
      labelNames: ['task_type', 'status', 'code'],
    });
    this.#waited = new Histogram({
      registers,
      name: 'headroom_task_wait_seconds',
      help: 'From submission (or retry by hand) to each start.',
      labelNames: ['task_type'],
      buckets,
    });
    this.#ran = new Histogram({
      registers,
      name: 'headroom_task_run_seconds',
      help: 'From the start to the end of the attempt that settled a task.',
      labelNames: ['task_type'],
      buckets,
    });
    this.#decisions = new Counter({
      registers,
      name: 'headroom_admission_decisions_total',
      help: 'Looks at a task when it arrives and when it starts after a wait: whether it starts, and why.',
      labelNames: ['task_type', 'decision', 'reason'],
    });
    this.#starts = new Counter({
      registers,
      name: 'headroom_process_starts_total',
      help: 'Processes started for tasks; a task in parts has several.',
      labelNames: ['task_type'],
    });
    this.#ends = new Counter({
      registers,
      name: 'headroom_process_ends_total',
      help: 'How those processes ended.',
      labelNames: ['task_type', 'end'],
    });
    store.own$.subscribe((events) => {
      for (const event of events) this.#count(event);
    });
    worker.decided$.subscribe((decided) => {
      const decision = decided.started ? 'admitted' : 'refused';
      this.#decisions.inc({ task_type: decided.row.taskType, decision, reason: reasonOf(decided) });
    });
    runner.processes$.subscribe(({ row: { taskType: task_type }, end }) => {
      if (end === null) this.#starts.inc({ task_type });
      else this.#ends.inc({ task_type, end: wordOfEnd(end) });
    });
  }

  /** Series begin at 0, now that all types are registered: one that began with its first event would not show that it rose. */
  onApplicationBootstrap(): void {
    for (const task_type of this.handlers.types) {
      for (const end of ends) this.#ended.inc({ task_type, ...end }, 0);
      this.#starts.inc({ task_type }, 0);
      for (const end of wordsOfEnd) this.#ends.inc({ task_type, end }, 0);
    }
  }

  #count(event: StoredTaskEvent): void {
    if (event.type === 'task_running') {
      const { task_type, queued_at, started_at } = event.data;
      this.#waited.observe({ task_type }, secondsBetween(queued_at, started_at));
    }
    if (event.type === 'task_completed') {
      const { task_type, status, started_at, completed_at, error } = event.data;
      this.#ended.inc({ task_type, status, code: error === null ? '' : codeOf(error.code) });
      if (started_at !== null) this.#ran.observe({ task_type }, secondsBetween(started_at, completed_at));
    }
  }
}

function codeOf(code: string): string {
  return knownCodes.has(code) || code === cancelledCode ? code : otherCode;
}

/** Clocks of two nodes may differ: never below 0. */
function secondsBetween(from: string, to: string | null): number {
  return to === null ? 0 : Math.max(0, (Date.parse(to) - Date.parse(from)) / 1000);
}
