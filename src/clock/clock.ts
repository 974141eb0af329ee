import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';

/**
 * The time of this process. Every duration, deadline and rate is measured by its monotonic time, so an administrator
 * or NTP that sets the wall clock changes none of them.
 */
@Injectable()
export class Clock {
  /** Milliseconds since the process started; never goes back. */
  monotonicMs(): number {
    return performance.now();
  }

  /** Milliseconds of the epoch as they were at the start of the process plus the time since; never goes back. */
  steadyMs(): number {
    return performance.timeOrigin + this.monotonicMs();
  }

  /** Milliseconds of the epoch by the wall clock, for times that others compare: when a token expires. */
  nowMs(): number {
    return Date.now();
  }

  /**
   * Runs an action once after a time.
   *
   * @returns a function that cancels it
   */
  after(ms: number, action: () => void): () => void {
    const timer = setTimeout(action, Math.min(ms, maxTimerMs));
    return () => {
      clearTimeout(timer);
    };
  }

  /** Resolves after a time. */
  async delay(ms: number): Promise<void> {
    await sleep(Math.min(ms, maxTimerMs));
  }
}

/** Node fires a timer beyond this at once. */
const maxTimerMs = 2 ** 31 - 1;
