import type { ResourceRequest } from './resource-request.js';

/** What a task's resource prediction depends on: its type, its size and its request. */
export interface TaskShape {
  readonly type: string;
  /**
   * The size of the payload in the unit of its handler, where 1 is a usual task. Estimates are kept per power of two.
   */
  readonly size: number;
  readonly requested: ResourceRequest;
  /** Minimum RAM in MB, set after the memory guard killed an earlier attempt; predictions never go below it. */
  readonly floorRamMb?: number;
}

export interface QueuedTask extends TaskShape {
  /** An opaque string, unique among queued and running tasks; the scheduler only compares it. */
  readonly id: string;
  readonly userId: string;
  readonly priority: number;
  readonly queuedAtMs: number;
  /** Order of submission, which decides between equal scores. */
  readonly sequence: number;
  /** The task does not start before this time, for example while a retry is delayed. */
  readonly notBeforeMs?: number;
}

export interface StartedTask extends TaskShape {
  /** An opaque string that identifies the reservation. */
  readonly id: string;
  /** The id by which it waited in the queue; the same as `id` by default. */
  readonly queuedId?: string;
  readonly userId: string;
  readonly startedAtMs: number;
  /** Whether the memory guard may kill this task; true by default. */
  readonly isKillable?: boolean;
}

/** What a run was measured to use. */
export interface MeasuredRun {
  readonly cpuSeconds: number;
  readonly peakRamMb: number;
  /** Estimates are only learned from runs that succeeded. */
  readonly succeeded: boolean;
}
