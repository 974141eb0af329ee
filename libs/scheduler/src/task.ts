import type { Demand } from './demand.js';

/** What decides how much a task will need: its kind, its size, and what its handler declares. */
export interface TaskShape {
  readonly type: string;
  /** The payload's size in the handler's own unit (1 is the usual task); estimates are learned per power of two. */
  readonly size: number;
  readonly declared: Demand;
  /** RAM in MB that the guard asked for after it killed an earlier attempt; counted in full whatever was learned. */
  readonly floorRamMb?: number;
}

export interface QueuedTask extends TaskShape {
  readonly id: string;
  readonly userId: string;
  readonly priority: number;
  readonly queuedAtMs: number;
  /** Order of submission; settles ties. */
  readonly sequence: number;
  /** Not to be started earlier, as after a failed attempt. */
  readonly notBeforeMs?: number;
}

export interface StartedTask extends TaskShape {
  readonly id: string;
  readonly userId: string;
  readonly startedAtMs: number;
}

/** What a run turned out to need. */
export interface MeasuredRun {
  readonly cpuSeconds: number;
  readonly peakRamMb: number;
  /** Only a run that went to its end teaches how long its kind takes. */
  readonly succeeded: boolean;
}
