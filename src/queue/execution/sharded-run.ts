import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** What a process is started for: a part of a task, or the combining of all parts. */
export type Piece = { readonly kind: 'part'; readonly index: number } | { readonly kind: 'combine' };

/**
 * How far a split task is: which parts wait, run and are done.
 *
 * A part's result file is the same whichever attempt writes it, so what an attempt that was lost has
 * done is not done again.
 */
export class SplitRun {
  readonly count: number;
  readonly folder: string;
  readonly #done: boolean[];
  readonly #waiting: number[];
  readonly #fractions: number[];
  readonly #fractionAtStart: number;
  readonly #startedAtMs: number;
  /** Set once the parts that are done are all that there will be. */
  #isCombining = false;

  constructor(count: number, folder: string, nowMs: number) {
    this.count = count;
    this.folder = folder;
    this.#done = Array.from({ length: count }, (_, index) => existsSync(this.pathOf(index)));
    this.#waiting = [...this.#done.keys()].filter((index) => !this.#done[index]);
    this.#fractions = this.#done.map((isDone) => (isDone ? 1 : 0));
    this.#fractionAtStart = this.fraction;
    this.#startedAtMs = nowMs;
  }

  pathOf(index: number): string {
    return join(this.folder, `${index}.json.gz`);
  }

  /** The parts' results, null for those that are missing. */
  get results(): (string | null)[] {
    return this.#done.map((isDone, index) => (isDone ? this.pathOf(index) : null));
  }

  get hasResults(): boolean {
    return this.#done.includes(true);
  }

  /** What can be started now, the next first. */
  waiting(runningPieces: number): Piece[] {
    if (this.#waiting.length > 0) return this.#waiting.map((index) => ({ kind: 'part', index }));
    return runningPieces === 0 && !this.#isCombining ? [{ kind: 'combine' }] : [];
  }

  started(piece: Piece): void {
    if (piece.kind === 'combine') this.#isCombining = true;
    else this.#waiting.splice(this.#waiting.indexOf(piece.index), 1);
  }

  done(piece: Piece): void {
    if (piece.kind === 'combine') return;
    this.#done[piece.index] = true;
    this.#fractions[piece.index] = 1;
  }

  /** A piece that was stopped for want of memory waits again. */
  returned(piece: Piece): void {
    if (piece.kind === 'combine') this.#isCombining = false;
    else {
      this.#waiting.unshift(piece.index);
      this.#fractions[piece.index] = 0;
    }
  }

  report(piece: Piece, fraction: number | null): void {
    if (piece.kind === 'part' && fraction !== null) this.#fractions[piece.index] = fraction;
  }

  /** How much of the whole is done, 0 to 1. */
  get fraction(): number {
    return this.#fractions.reduce((sum, part) => sum + part, 0) / this.count;
  }

  /** Seconds until the parts are done, at the pace so far; null in the first moments. */
  etaS(nowMs: number): number | null {
    const elapsedS = (nowMs - this.#startedAtMs) / 1000;
    const gained = this.fraction - this.#fractionAtStart;
    return elapsedS < 1 || gained <= 0 ? null : (elapsedS * (1 - this.fraction)) / gained;
  }
}
