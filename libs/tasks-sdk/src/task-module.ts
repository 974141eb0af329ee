/**
 * What a task's module sees of the world outside its process.
 *
 * A module of this kind is named by a handler's `entry`; its default export is a `TaskModule`.
 */
export interface TaskContext {
  readonly taskId: string;
  readonly userId: string;
  readonly attempt: number;
  /** Root of the data folder; market data and results lie below it. */
  readonly dataDir: string;
  /** Where the task may leave a result file; `writeResult` in this package writes it whole or not at all. */
  readonly resultPath: string;
  /** The shard of a task that this run is to do; null for a whole task and for the reduce, the run that combines the shards. */
  readonly shard: ShardOrder | null;
  /** For the reduce: the paths of the results of the shards; null for those that are missing because of a cancel. */
  readonly shardResults: readonly (string | null)[];
  /** Aborted when the task is cancelled or its time is up; a module that never looks is killed soon after. */
  readonly signal: AbortSignal;
  /**
   * Shows people how far the task is.
   *
   * @param description one line, as in `📊 Backtesting day 15 of 30...`
   * @param progress 0 to 1, or null when unknown
   */
  report(description: string, progress: number | null): void;
}

/** Which of the shards of a task a process is to do. */
export interface ShardOrder {
  /** From 0. */
  readonly index: number;
  readonly count: number;
}

/** Runs one task and returns its summary: a small JSON value that the feature keeps in the database. */
export type TaskModule = (payload: unknown, context: TaskContext) => Promise<unknown>;

/** An error with a stable code, which becomes the task's `error.code`. */
export class TaskFailedError extends Error {
  override readonly name = 'TaskFailedError';
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}
