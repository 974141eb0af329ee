import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Counter, Histogram } from 'prom-client';
import { endLabel, endLabels } from '../queue/domain/attempt-outcome.js';
import { taskErrorCodes } from '../queue/domain/task-error-codes.js';
import type { StoredTaskEvent } from '../queue/domain/task-events.js';
import { TaskHandlers } from '../queue/domain/task-handlers.js';
import { ExecutionEvents } from '../queue/execution/execution-events.js';
import { AdmissionDecisions, reasonOf } from '../queue/scheduling/admission-decisions.js';
import { TaskStore } from '../queue/storage/task-store.js';
import { MetricsRegistry } from './registry.js';

/** Codes of plug-ins are counted as one label, since their number is not bounded. */
const knownCodes: ReadonlySet<string> = new Set(Object.keys(taskErrorCodes));
const cancelledCode = 'CANCELLED';
const otherCode = 'OTHER';
/** Every end that a task can have, as labels. */
const ends = [
  { status: 'completed', code: '' },
  { status: 'cancelled', code: cancelledCode },
  ...[...knownCodes, otherCode]
    .filter((code) => code !== cancelledCode)
    .map((code) => ({ status: 'failed', code })),
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
    decisions: AdmissionDecisions,
    execution: ExecutionEvents,
    private readonly handlers: TaskHandlers,
  ) {
    const registers = [registry];
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
      help: 'Processes started for tasks; a sharded task has several.',
      labelNames: ['task_type'],
    });
    this.#ends = new Counter({
      registers,
      name: 'headroom_process_ends_total',
      help: 'How those processes ended.',
      labelNames: ['task_type', 'end'],
    });
    store.localEvents$.subscribe((events) => {
      for (const event of events) this.#count(event);
    });
    decisions.admissionDecisions$.subscribe((decided) => {
      const decision = decided.started ? 'admitted' : 'refused';
      this.#decisions.inc({ task_type: decided.row.taskType, decision, reason: reasonOf(decided) });
    });
    execution.processLifecycle$.subscribe(({ row: { taskType: task_type }, end }) => {
      if (end === null) this.#starts.inc({ task_type });
      else this.#ends.inc({ task_type, end: endLabel(end) });
    });
  }

  /** Series begin at 0, now that all types are registered: one that began with its first event would not show that it rose. */
  onApplicationBootstrap(): void {
    for (const task_type of this.handlers.types) {
      for (const end of ends) this.#ended.inc({ task_type, ...end }, 0);
      this.#starts.inc({ task_type }, 0);
      for (const end of endLabels) this.#ends.inc({ task_type, end }, 0);
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
  return knownCodes.has(code) ? code : otherCode;
}

/** Clocks of two nodes may differ: never below 0. */
function secondsBetween(from: string, to: string | null): number {
  return to === null ? 0 : Math.max(0, (Date.parse(to) - Date.parse(from)) / 1000);
}
