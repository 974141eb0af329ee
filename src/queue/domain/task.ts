import type { Task as TaskView, TaskError, TaskStatus } from '@app/contracts';
import type { QueuedTask, StartedTask, TaskShape } from '@app/scheduler';
import type { tasks } from '../../database/schema.js';

export type TaskRow = typeof tasks.$inferSelect;

/** The scheduler's last word on a queued task. */
export interface Placement {
  readonly position: number;
  readonly reason: string;
  readonly estimatedStartAtMs: number | null;
}

export type StateEventType = 'task_queued' | 'task_running' | 'task_completed' | 'task_description_update';

/** One step of a task's life: what changes, and what the stream says of it. */
export interface Transition {
  readonly set: Partial<TaskRow>;
  readonly event: StateEventType;
}

export interface Measured {
  readonly cpuSeconds: number | null;
  readonly peakRamMb: number | null;
}

/**
 * A task as it was last read, and the transitions that lead on from there.
 *
 * ```
 * queued ──start──▶ running ──complete──▶ completed
 *   ▲ ╲                │ ╲───fail───────▶ failed ───╮
 *   │  ╲───cancel──────┼───────cancel───▶ cancelled │
 *   ╰─────requeue──────┴──────retry─────────────────╯
 * ```
 *
 * A transition only describes the step. `TaskStore.apply` makes it, on the condition that the stored
 * task still has the status and the attempt that this one has: of two parties that try, one succeeds,
 * and a report of an attempt that was lost meanwhile changes nothing.
 */
export class Task {
  constructor(readonly row: TaskRow) {}

  get id(): string {
    return this.row.taskId;
  }

  get isQueued(): boolean {
    return this.row.status === 'queued';
  }

  get isRunning(): boolean {
    return this.row.status === 'running';
  }

  get isSettled(): boolean {
    return !this.isQueued && !this.isRunning;
  }

  get hasCompleted(): boolean {
    return this.row.status === 'completed';
  }

  get hasAttemptsLeft(): boolean {
    return this.row.attempt < this.row.maxAttempts;
  }

  start(nodeId: string, now: Date): Transition {
    return { event: 'task_running', set: startedColumns(nodeId, now) };
  }

  complete(now: Date, measured: Measured): Transition {
    return this.#end('completed', now, measured, null, { progress: 1 });
  }

  fail(now: Date, error: TaskError, measured: Measured): Transition {
    return this.#end('failed', now, measured, error);
  }

  cancel(now: Date, measured: Measured = unmeasured): Transition {
    return this.#end('cancelled', now, measured, { code: 'CANCELLED', message: 'Cancelled on request.' });
  }

  /** The end of a queued task whose dependency has ended without success. */
  failWith(dependency: string, now: Date): Transition {
    const message = `It was to run after task ${dependency}, which did not complete.`;
    return this.#end('failed', now, unmeasured, { code: 'DEPENDENCY_FAILED', message });
  }

  /** Back to the queue where memory was short, which may pass by itself: after 1, 2, 4 … seconds, a minute at most. */
  tryAgain(now: Date, options: { floorRamMb?: number } = {}): Transition {
    return this.requeue({ ...options, notBefore: later(now, this.row.attempt) });
  }

  /**
   * Back to the queue after its node was lost. The first attempt goes on at once, before all that came after it; who
   * is lost again may be what ends the nodes, and pauses for 1, 2, 4 … seconds, a minute at most.
   */
  tryElsewhere(now: Date): Transition {
    const { attempt } = this.row;
    return this.requeue(attempt === 1 ? {} : { notBefore: later(now, attempt - 1) });
  }

  /** Back to the queue as the next attempt, in the place that its first submission earned. */
  requeue(options: { notBefore?: Date; floorRamMb?: number; grantAttempt?: boolean } = {}): Transition {
    const attempt = this.row.attempt + 1;
    return {
      event: 'task_queued',
      set: {
        status: 'queued',
        attempt,
        maxAttempts: Math.max(this.row.maxAttempts + (options.grantAttempt ? 1 : 0), attempt),
        startedAt: null,
        completedAt: null,
        nodeId: null,
        leaseExpiresAt: null,
        cancelRequested: false,
        progress: null,
        error: null,
        notBefore: options.notBefore ?? null,
        ...(options.floorRamMb !== undefined && { floorRamMb: options.floorRamMb }),
      },
    };
  }

  /** A finished task once more, by hand: it queues anew, and this attempt is granted whatever the maximum. */
  retry(now: Date, traceparent: string | null): Transition {
    const again = this.requeue({ grantAttempt: !this.hasAttemptsLeft });
    return { ...again, set: { ...again.set, queuedAt: now, cpuSeconds: null, peakRamMb: null, traceparent } };
  }

  shape(): TaskShape {
    const { row } = this;
    return {
      type: row.taskType,
      size: row.size,
      requested: { cpuMillicores: row.cpuMillicores, ramMb: row.ramMb },
      ...(row.floorRamMb !== null && { floorRamMb: row.floorRamMb }),
    };
  }

  asQueued(): QueuedTask {
    const { row } = this;
    return {
      ...this.shape(),
      id: row.taskId,
      userId: row.userId,
      priority: row.priority,
      queuedAtMs: row.queuedAt.getTime(),
      sequence: row.sequence,
      ...(row.notBefore !== null && { notBeforeMs: row.notBefore.getTime() }),
    };
  }

  asStarted(): StartedTask {
    const { row } = this;
    const startedAtMs = (row.startedAt ?? row.queuedAt).getTime();
    return { ...this.shape(), id: row.taskId, userId: row.userId, startedAtMs };
  }

  /** As REST and the stream show it. */
  view(placement: Placement | null = null): TaskView {
    return viewOf(this.row, this.isQueued ? placement : null);
  }

  #end(
    status: TaskStatus,
    now: Date,
    measured: Measured,
    error: TaskError | null,
    more: Partial<TaskRow> = {},
  ): Transition {
    return {
      event: 'task_completed',
      set: {
        status,
        completedAt: now,
        leaseExpiresAt: null,
        error,
        cpuSeconds: measured.cpuSeconds,
        peakRamMb: measured.peakRamMb,
        ...more,
      },
    };
  }
}

/** How many there are of each task type. */
export function countByType(tasks: Iterable<Task>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { row } of tasks) counts.set(row.taskType, (counts.get(row.taskType) ?? 0) + 1);
  return counts;
}

export const unmeasured: Measured = { cpuSeconds: null, peakRamMb: null };

export function startedColumns(nodeId: string, now: Date): Partial<TaskRow> {
  return {
    status: 'running',
    startedAt: now,
    nodeId,
    notBefore: null,
  };
}

function viewOf(row: TaskRow, placement: Placement | null): TaskView {
  return {
    task_id: row.taskId,
    task_type: row.taskType,
    status: row.status,
    priority: row.priority,
    user_id: row.userId,
    description: row.description,
    progress: row.progress,
    estimated_cpu_cores: row.cpuMillicores / 1000,
    estimated_ram_gb: Math.round((row.ramMb / 1024) * 1000) / 1000,
    queue_position: placement?.position ?? null,
    wait_reason: placement?.reason ?? null,
    estimated_start_at: isoOrNull(placement?.estimatedStartAtMs ?? null),
    queued_at: row.queuedAt.toISOString(),
    started_at: row.startedAt?.toISOString() ?? null,
    completed_at: row.completedAt?.toISOString() ?? null,
    attempt: row.attempt,
    max_attempts: row.maxAttempts,
    node_id: row.nodeId,
    run_after: row.runAfter,
    error: row.error,
    cpu_seconds: row.cpuSeconds,
    peak_ram_gb: row.peakRamMb === null ? null : Math.round((row.peakRamMb / 1024) * 1000) / 1000,
  };
}

/** The end of the pause after so many attempts. */
function later(now: Date, attempts: number): Date {
  return new Date(now.getTime() + Math.min(60_000, 1000 * 2 ** (attempts - 1)));
}

function isoOrNull(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
