/** The oldest entries are dropped above this number; those tasks have long been started or cancelled. */
const MAX_ENTRIES = 1000;

/**
 * The start time that each task was guaranteed when it first became the head of the queue: ms since the epoch, by task
 * id. A head whose expected start slips too far past this time stops all backfill.
 */
export class GuaranteedStartTimes {
  readonly #startAtMs = new Map<string, number>();

  /** Records `startAtMs` unless the task already has a guaranteed time; returns the guaranteed time. */
  record(taskId: string, startAtMs: number): number {
    const known = this.#startAtMs.get(taskId);
    if (known !== undefined) return known;
    this.#startAtMs.set(taskId, startAtMs);
    const oldest = this.#startAtMs.keys().next();
    if (this.#startAtMs.size > MAX_ENTRIES && oldest.done !== true) this.#startAtMs.delete(oldest.value);
    return startAtMs;
  }

  delete(taskId: string): void {
    this.#startAtMs.delete(taskId);
  }
}
