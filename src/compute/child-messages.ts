import type { TaskError } from '@app/contracts';
import type { PartOrder } from './task-context.js';

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
      part: PartOrder | null;
      partResults: readonly (string | null)[];
    }
  | { type: 'abort' };

/** What a task's process tells its parent. */
export type FromChild =
  | { type: 'progress'; description: string; progress: number | null }
  | { type: 'done'; summary: unknown; use: ChildUse }
  | { type: 'failed'; error: TaskError; use: ChildUse };

/** What the system counted for the process in its whole life; exact where samples have seen little. */
export interface ChildUse {
  readonly cpuSeconds: number;
  readonly peakRamMb: number;
}
