/** Decayed usage in core-seconds by user at one time, as plain JSON. Stored in the database: fields must not change. */
export interface FairShareSnapshot {
  readonly atMs: number;
  readonly coreSeconds: Readonly<Record<string, number>>;
}

/** The decayed usage of each user: dominant-resource core-seconds that lose half their weight per half-life. */
export class FairShare {
  readonly #halfLifeMs: number;
  readonly #coreSeconds = new Map<string, number>();
  #atMs = 0;
  /** Whether `advance` has not been called since the snapshot was restored. */
  #isJustRestored = false;

  constructor(halfLifeS: number) {
    this.#halfLifeMs = halfLifeS * 1000;
  }

  charge(userId: string, coreSeconds: number): void {
    this.#coreSeconds.set(userId, (this.#coreSeconds.get(userId) ?? 0) + coreSeconds);
  }

  usage(userId: string): number {
    return this.#coreSeconds.get(userId) ?? 0;
  }

  /** Decays all usage up to `nowMs`, and removes users whose usage has become negligible. */
  advance(nowMs: number): void {
    // A restart takes up the wall clock, which may have been set back since the snapshot.
    if (this.#isJustRestored) this.#atMs = Math.min(this.#atMs, nowMs);
    this.#isJustRestored = false;
    if (nowMs <= this.#atMs) return;
    const kept = 2 ** ((this.#atMs - nowMs) / this.#halfLifeMs);
    for (const [userId, coreSeconds] of this.#coreSeconds) {
      if (coreSeconds * kept < 0.001) this.#coreSeconds.delete(userId);
      else this.#coreSeconds.set(userId, coreSeconds * kept);
    }
    this.#atMs = nowMs;
  }

  snapshot(): FairShareSnapshot {
    return { atMs: this.#atMs, coreSeconds: Object.fromEntries(this.#coreSeconds) };
  }

  restore(snapshot: FairShareSnapshot): void {
    this.#coreSeconds.clear();
    for (const [userId, coreSeconds] of Object.entries(snapshot.coreSeconds)) {
      this.#coreSeconds.set(userId, coreSeconds);
    }
    this.#atMs = snapshot.atMs;
    this.#isJustRestored = true;
  }
}
