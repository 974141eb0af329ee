/**
 * Which failures of a task are tried again automatically. A lost node, a shortage of memory and a process
 * that could not be started are tried again for every type.
 */
export interface RetryPolicy {
  /** The values of `error.code` of failures that are temporary. */
  readonly codes: readonly string[];
  /** The maximum number of attempts, the first included. */
  readonly maxAttempts: number;
  /** The pause before the second attempt, in seconds; it doubles each time. */
  readonly firstDelayS: number;
  /** The maximum pause, in seconds. */
  readonly maxDelayS: number;
}
