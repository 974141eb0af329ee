import type { Task as TaskView } from '@app/contracts';
import type { TaskResources } from './task-handler.js';
import type { TaskTransaction } from './task-transaction.js';

/** What a function that is shown as a task is given. */
export interface FunctionContext {
  /** Aborted when the task is cancelled, its time is up, its user is deleted or the server stops. */
  readonly signal: AbortSignal;
  /** Shows people how far it is; `progress` is 0 to 1, or null when unknown. */
  readonly report: (description: string, progress: number | null) => void;
}

/** A function of the server's process that is shown as a task. One that takes no context cannot be cancelled. */
export type TaskFunction = (context: FunctionContext) => Promise<unknown>;

/** A function, and how it is shown. */
export interface FunctionTask {
  readonly taskType: string;
  /** Runs in the server's process, so it must not block the event loop. It ends with the process. */
  readonly taskFunc: TaskFunction;
  readonly userId: string;
  /** 1 to 64 letters, digits, `_` and `-`; a random UUID when absent. */
  readonly taskId?: string;
  /** What the task is; the label of its type, or else the type, when absent. */
  readonly subject?: string;
  /** Shown until the function reports something; the subject when absent. */
  readonly description?: string;
  /** What it uses; what the handler of its type says when absent. */
  readonly resources?: TaskResources;
  /** Further writes in the transaction that stores the task. */
  inTransaction?(transaction: TaskTransaction, task: TaskView): Promise<void>;
}
