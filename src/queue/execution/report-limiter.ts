import type { Clock } from '../../clock/clock.js';

const reportsPerSecond = 10;
const maxBurst = 4;

/**
 * Passes on reports at most ten times a second, after a burst of four that lets short tasks show their steps. Of the
 * reports that come faster the latest is kept and passed on as soon as the rate allows, so the last is always sent.
 */
export class ReportLimiter<Report> {
  #allowance = maxBurst;
  #refilledAtMs: number;
  #held: { readonly report: Report } | null = null;
  #cancelTimer: (() => void) | null = null;

  constructor(
    private readonly clock: Pick<Clock, 'monotonicMs' | 'after'>,
    private readonly send: (report: Report) => void,
  ) {
    this.#refilledAtMs = clock.monotonicMs();
  }

  push(report: Report): void {
    this.#held = { report };
    this.#sendIfAllowed();
  }

  /** Sends what is held at once; to be called before an end is reported. */
  flush(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    const held = this.#held;
    this.#held = null;
    if (held !== null) this.send(held.report);
  }

  #sendIfAllowed(): void {
    const nowMs = this.clock.monotonicMs();
    const refill = ((nowMs - this.#refilledAtMs) / 1000) * reportsPerSecond;
    this.#allowance = Math.min(maxBurst, this.#allowance + refill);
    this.#refilledAtMs = nowMs;
    if (this.#allowance >= 1) {
      this.#allowance -= 1;
      this.flush();
      return;
    }
    this.#cancelTimer ??= this.clock.after(
      Math.ceil(((1 - this.#allowance) / reportsPerSecond) * 1000),
      () => {
        this.#cancelTimer = null;
        if (this.#held !== null) this.#sendIfAllowed();
      },
    );
  }
}
