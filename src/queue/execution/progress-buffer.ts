import { Injectable, Logger } from '@nestjs/common';
import { boundedText } from '@app/contracts';
import { Clock } from '../../clock/clock.js';
import { TaskStore, type ProgressChange } from '../storage/task-store.js';

const flushIntervalMs = 100;
const maxReportsPerS = 10;
const maxBurst = 4;
const maxDescriptionCodePoints = 500;

/** How much one attempt has reported in the current interval. */
interface Allowance {
  reports: number;
  atMs: number;
  /** The newest report beyond the rate; replaced by a newer one. */
  held: ProgressChange | null;
}

/**
 * Collects the progress of all running attempts and stores it in one statement, at most ten times a second; the first
 * after a pause goes out at once. Of one attempt, whether a process or a function, at most ten reports a second are
 * stored after a burst of four; of those beyond, the newest.
 */
@Injectable()
export class ProgressBuffer {
  readonly #logger = new Logger('ProgressBuffer');
  readonly #allowances = new Map<string, Allowance>();
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
    const allowance = this.#refill(change.taskId);
    const bounded = {
      ...change,
      description: boundedText(change.description, maxDescriptionCodePoints),
      progress: fractionOrNull(change.progress),
    };
    if (allowance.reports < 1) {
      allowance.held = bounded;
    } else {
      allowance.reports -= 1;
      allowance.held = null;
      this.#pending.push(bounded);
    }
    this.#planFlush();
  }

  /** Resolves when all that an attempt has reported is stored or given up, so that its end never overtakes it. */
  async finish(taskId: string): Promise<void> {
    const held = this.#allowances.get(taskId)?.held;
    if (held) this.#pending.push(held);
    this.#allowances.delete(taskId);
    await this.#flush();
  }

  #refill(taskId: string): Allowance {
    const nowMs = this.clock.monotonicMs();
    const known = this.#allowances.get(taskId);
    if (known === undefined) {
      const fresh = { reports: maxBurst, atMs: nowMs, held: null };
      this.#allowances.set(taskId, fresh);
      return fresh;
    }
    const earned = ((nowMs - known.atMs) / 1000) * maxReportsPerS;
    known.reports = Math.min(maxBurst, known.reports + earned);
    known.atMs = nowMs;
    return known;
  }

  #planFlush(): void {
    if (this.#isFlushPlanned) return;
    this.#isFlushPlanned = true;
    this.clock.after(Math.max(0, this.#lastFlushMs + flushIntervalMs - this.clock.monotonicMs()), () => {
      this.#isFlushPlanned = false;
      this.#lastFlushMs = this.clock.monotonicMs();
      this.#releaseHeld();
      void this.#flush();
    });
  }

  #releaseHeld(): void {
    let isAnyHeld = false;
    for (const taskId of this.#allowances.keys()) {
      const allowance = this.#refill(taskId);
      if (allowance.held === null) continue;
      if (allowance.reports >= 1) {
        allowance.reports -= 1;
        this.#pending.push(allowance.held);
        allowance.held = null;
      } else isAnyHeld = true;
    }
    if (isAnyHeld) this.#planFlush();
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

function fractionOrNull(progress: number | null): number | null {
  if (progress === null || !Number.isFinite(progress)) return null;
  return Math.min(1, Math.max(0, progress));
}
