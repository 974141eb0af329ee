/** So many are remembered; the oldest go first, which by then were started or cancelled. */
const REMEMBERED = 1000;

/** When each task that has become the queue's head was first promised to start, in ms by task id. */
export class FirstReservations {
  readonly #atMs = new Map<string, number>();

  /** The first promise made to a task, which is this one if there was none. */
  remember(taskId: string, atMs: number): number {
    const known = this.#atMs.get(taskId);
    if (known !== undefined) return known;
    this.#atMs.set(taskId, atMs);
    const oldest = this.#atMs.keys().next();
    if (this.#atMs.size > REMEMBERED && oldest.done !== true) this.#atMs.delete(oldest.value);
    return atMs;
  }

  forget(taskId: string): void {
    this.#atMs.delete(taskId);
  }
}
