import { Injectable, Logger } from '@nestjs/common';
import { boundedText } from '@app/text';
import { Clock } from '../../clock/clock.js';
import { TaskStore, type AttemptRef, type ProgressChange } from '../storage/task-store.js';
import { ReportLimiter } from './report-limiter.js';

const flushIntervalMs = 100;
const maxDescriptionCodePoints = 500;

/**
 * Collects the progress of all running attempts and stores it in one statement, at most ten times a second; the first
 * after a pause goes out at once. Each attempt has a limit: its processes limit themselves as well, but a task has as
 * many of them as it has shards, a function has none, and what a process says is not to be relied on.
 */
@Injectable()
export class ProgressBuffer {
  readonly #logger = new Logger('ProgressBuffer');
  readonly #limiters = new Map<string, ReportLimiter<ProgressChange>>();
  #pending: ProgressChange[] = [];
  #writing: Promise<void> | null = null;
  #lastFlushMs = Number.NEGATIVE_INFINITY;
  #isFlushPlanned = false;
  /** Reports lost since storing them began to fail; 0 while it works. */
  #lost = 0;

  constructor(
    private readonly store: TaskStore,
    private readonly clock: Clock,
  ) {}

  /** Takes a report in; its text is cut and cleaned, and a fraction that is no number becomes null. */
  add(change: ProgressChange): void {
    this.#limiterOf(change).push({
      ...change,
      description: boundedText(change.description, maxDescriptionCodePoints),
      progress: fractionOrNull(change.progress),
    });
  }

  /** Resolves when all that an attempt has reported is stored or given up, so that its end never overtakes it. */
  async finish(attempt: AttemptRef): Promise<void> {
    const key = keyOf(attempt);
    this.#limiters.get(key)?.flush();
    this.#limiters.delete(key);
    await this.#flush();
  }

  #limiterOf(attempt: AttemptRef): ReportLimiter<ProgressChange> {
    const key = keyOf(attempt);
    const known = this.#limiters.get(key);
    if (known !== undefined) return known;
    const limiter = new ReportLimiter<ProgressChange>(this.clock, (change) => {
      this.#pending.push(change);
      this.#planFlush();
    });
    this.#limiters.set(key, limiter);
    return limiter;
  }

  #planFlush(): void {
    if (this.#isFlushPlanned) return;
    this.#isFlushPlanned = true;
    this.clock.after(Math.max(0, this.#lastFlushMs + flushIntervalMs - this.clock.monotonicMs()), () => {
      this.#isFlushPlanned = false;
      this.#lastFlushMs = this.clock.monotonicMs();
      void this.#flush();
    });
  }

  async #flush(): Promise<void> {
    while (this.#writing !== null) await this.#writing;
    if (this.#pending.length === 0) return;
    const changes = this.#pending;
    this.#pending = [];
    this.#writing = this.#store(changes);
    await this.#writing;
    this.#writing = null;
  }

  /** What cannot be stored is given up: the next report replaces it. */
  async #store(changes: readonly ProgressChange[]): Promise<void> {
    try {
      await this.store.describe(changes);
      if (this.#lost > 0)
        this.#logger.log(`Progress is stored again; reports that were lost meanwhile: ${this.#lost}`);
      this.#lost = 0;
    } catch (error) {
      if (this.#lost === 0) this.#logger.warn(`Progress cannot be stored: ${String(error)}`);
      this.#lost += changes.length;
    }
  }
}

function keyOf({ taskId, attempt }: AttemptRef): string {
  return `${taskId}.${attempt}`;
}

function fractionOrNull(progress: number | null): number | null {
  if (progress === null || !Number.isFinite(progress)) return null;
  return Math.min(1, Math.max(0, progress));
}
