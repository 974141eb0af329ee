/**
 * Which failures of a task are tried again without asking anybody. A lost node, a shortage of memory and a process
 * that could not be started are tried again for every type.
 */
export interface RetryPolicy {
  /** The values of `error.code` that may pass by themselves. */
  readonly codes: readonly string[];
  /** The most attempts in all, the first included. */
  readonly maxAttempts: number;
  /** The pause before the second attempt, in seconds; it doubles each time. */
  readonly firstDelayS: number;
  /** The longest pause, in seconds. */
  readonly maxDelayS: number;
}
