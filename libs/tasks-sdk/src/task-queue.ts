import type { QueueStatus, Task as TaskView, Viewer } from '@app/contracts';
import type { FunctionTask } from './task-function.js';
import type { TaskHandler } from './task-handler.js';
import type { TaskTransaction } from './task-transaction.js';

export interface EnqueueOptions {
  readonly userId: string;
  /** −100 to 100; higher runs sooner. 0 when absent. */
  readonly priority?: number;
  /** 1 to 64 letters, digits, `_` and `-`; a random UUID when absent. */
  readonly taskId?: string;
  /** The time limit of each attempt, in seconds; the server's setting when absent. */
  readonly timeoutS?: number;
  /** A task of the same user that has to complete before this one starts. If it does not complete, this one fails. */
  readonly runAfter?: string;
  /** Further writes in the transaction that accepts the task. */
  inTransaction?(transaction: TaskTransaction, task: TaskView): Promise<void>;
}

/** Whether a task could start now. */
export interface CanRunResult {
  readonly canRun: boolean;
  /** Why it could not, with the figures of the machine; null when it could. */
  readonly reason: string | null;
}

/** The queue as features and plug-ins see it. Injected by `TASK_QUEUE`. */
export interface TaskQueue {
  /**
   * Accepts a task. It starts at once when the machine has the resources, and waits in the queue otherwise. Once this
   * resolves, the task is stored.
   *
   * @throws a 422 problem when no node can ever run the task, or when the task that it is to run after will not
   *   complete; 429 `QUEUE_FULL` at the user's limit; 409 `STORAGE_FULL` when the user's storage quota is used up;
   *   InvalidTaskIdError
   */
  enqueue(type: string, payload: unknown, options: EnqueueOptions): Promise<TaskView>;

  /**
   * Runs a function of the server's process and shows it as a running task. After the server has stopped, such a task
   * has failed as `INTERRUPTED`.
   *
   * @throws InvalidTaskIdError
   */
  registerRunningTask(options: FunctionTask): Promise<TaskView>;

  /** Shows how far a task is that runs in this process; changes nothing when it has ended. */
  updateTaskDescription(taskId: string, description: string, progress?: number | null): void;

  /** Whether a task of this type could start now. */
  canRunTask(type: string): CanRunResult;

  /** @throws a 404 problem when there is no such task or the viewer may not see it */
  find(viewer: Viewer, taskId: string): Promise<TaskView>;

  /** What runs and what waits, as a viewer may see it. */
  getQueueStatus(viewer: Viewer): Promise<QueueStatus>;
}

/** The handlers of all task types. Injected by `TASK_HANDLERS`. */
export interface TaskHandlers {
  /** @throws Error when the type is invalid or taken, which stops the boot */
  register<Payload>(handler: TaskHandler<Payload>): void;
  /** The types that are registered. */
  readonly types: readonly string[];
}

/** The result files of tasks. Injected by `TASK_RESULTS`. */
export interface TaskResults {
  /** Where the current attempt of a task writes its result file. */
  resultPath(task: TaskView): string;

  /**
   * The text of a task's result file.
   *
   * @throws a 500 problem: `RESULT_UNREADABLE` when the file is damaged, `RESULT_MISSING` when it is gone
   */
  read(task: TaskView): Promise<string>;
}

// Registered symbols: a plug-in with its own copy of this package gets the same ones.
export const TASK_QUEUE = Symbol.for('headroom.TaskQueue');
export const TASK_HANDLERS = Symbol.for('headroom.TaskHandlers');
export const TASK_RESULTS = Symbol.for('headroom.TaskResults');
