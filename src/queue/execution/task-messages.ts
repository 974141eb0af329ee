import type { TaskError } from '@app/contracts';
import type { ShardOrder } from '@app/tasks-sdk';

/** What the parent tells a task's process. */
export type ToChild =
  | {
      type: 'run';
      entry: string;
      payload: unknown;
      taskId: string;
      userId: string;
      attempt: number;
      dataDir: string;
      resultPath: string;
      part: ShardOrder | null;
      partResults: readonly (string | null)[];
    }
  | { type: 'abort' };

/** What a task's process tells its parent. */
export type FromChild =
  | { type: 'progress'; description: string; progress: number | null }
  | { type: 'done'; summary: unknown; use: ChildUse }
  | { type: 'failed'; error: TaskError; use: ChildUse };

/** What the process knows of its own life; the system's counts are exact where samples have seen little. */
export interface ChildUse {
  /** When the task's module was loaded and its work began, in ms of the epoch; null when it could not be loaded. */
  readonly loadedAtMs: number | null;
  readonly cpuSeconds: number;
  readonly peakRamMb: number;
}
