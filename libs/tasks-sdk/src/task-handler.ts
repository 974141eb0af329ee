import type { Task as TaskView } from '@app/contracts';
import type { z } from 'zod';
import type { RetryPolicy } from './retry-policy.js';
import type { TaskTransaction } from './task-transaction.js';

/** What a task asks for. */
export interface TaskResources {
  readonly cpuCores: number;
  /** GB of 2^30 bytes. */
  readonly ramGb: number;
}

/** Everything that the queue has to know about a task type. */
export interface TaskHandler<Payload = unknown> {
  /** As in the API, such as `backtest`: up to 40 lowercase letters, digits and underscores, a letter first. */
  readonly type: string;
  /** For people: `Backtest`. */
  readonly label: string;
  /** What one task of size 1 asks for, before anything was measured. Of a sharded task: what one shard asks for. */
  readonly resources: TaskResources;
  /** What is stored and handed to the task's process. A stored payload is checked again before it runs. */
  readonly payload: z.ZodType<Payload>;
  /** The work in a payload relative to a usual task. Estimates are learned by it. */
  size(payload: Payload): number;
  /** One line for people, shown until the task reports something: `Backtest of SmaCross on BTC_USDT`. */
  describe(payload: Payload): string;
  /**
   * What the task is, in one line for people that stays as it is: `SmaCross on BTC_USDT 4h · fast 20, slow 80`. The
   * first description when absent.
   */
  subject?(payload: Payload): string;
  /**
   * How many shards the work has, 1 to 10,000. Each shard is admitted by itself and runs in its own process. The task
   * module runs once for each shard, and once more to reduce their results; the summary of that run is the task's.
   */
  shards?(payload: Payload): number;
  /** The progress of all shards in one line; `etaS` is the time left in seconds, null while it is unknown. */
  describeShards?(payload: Payload, fraction: number, etaS: number | null): string;
  /** Which failures are retried automatically; none when absent. */
  readonly retry?: RetryPolicy;
  /** The module that the task's process runs. Its default export is a `TaskModule`. */
  readonly entry: URL;
  /** How the name of the result file ends; `.json.gz` when absent. */
  readonly resultExtension?: string;
  /** The path under which people read the result of a task that has one. */
  resultUrl?(taskId: string): string;
  /**
   * Any user may submit tasks of this type with `POST /api/tasks`, and read the result files of their own tasks at
   * `GET /api/tasks/:task_id/result`. The task module then writes `context.resultPath` with `writeResult`.
   */
  readonly submittable?: true;
  /**
   * Stores what the task module returned, in the transaction that completes the task.
   *
   * @param resultFile the name of its result file, for `TaskResults`
   */
  completed?(
    transaction: TaskTransaction,
    task: TaskView,
    summary: unknown,
    resultFile: string,
  ): Promise<void>;
  /** The result files stay when the tasks are deleted because of their age, as models do. */
  readonly resultsOutliveTask?: true;
  /** Deletes what belongs to tasks, in the transaction that deletes the tasks because of their age. */
  forgotten?(transaction: TaskTransaction, taskIds: readonly string[]): Promise<void>;
}

/** The default export of a plug-in that adds task types. */
export interface TaskPlugin {
  readonly handlers: readonly TaskHandler[];
}
