import type { Clock } from '../../clock/clock.js';
import { endLabel, type AttemptEnd, type StopReason } from '../domain/attempt-outcome.js';
import { unmeasured, type Measured, type Task } from '../domain/task.js';
import type { Reservation } from './reservations.js';

export type AttemptState = 'starting' | 'running' | 'stopping' | 'settling' | 'settled';

/** Which process of a sharded task does what: a shard by its index, or the reduce. */
export type Role = number | 'reduce';

/** What an attempt consists of: one process, the processes of shards, or a function of this process. */
export abstract class AttemptWork {
  /** Asks it to end; it calls `finish` in time. */
  abstract stop(reason: StopReason): void;

  /** Whether something is left that will call `finish`: a live process or function, or a shard that waits. */
  abstract isAlive(): boolean;

  /** Gives back every reservation that it still holds, once the attempt's end is stored. */
  abstract release(): void;

  /** Writes what is left of what its processes have printed. */
  async closeLog(): Promise<void> {
    // A function prints to the server's own log.
  }

  /** How long it may take to end after a stop, in ms; then the attempt ends without it. */
  abstract stopLimitMs(reason: StopReason): number;

  /** Stops the process that holds a reservation because memory is short; what it did gets `ramMb` the next time. */
  stopForMemory(_reservationId: string, _ramMb: number): void {
    // A function is never chosen.
  }

  /** What waits to be admitted while other processes run. */
  waiting(): readonly Role[] {
    return [];
  }

  /** Starts what was admitted; releases the reservation when it waits no more. */
  startWaiting(_role: Role, reservation: Reservation): void {
    reservation.release();
  }
}

/** The end of an attempt, and the summary of a cancelled task whose finished shards were reduced. */
export interface FinishedAttempt {
  readonly end: AttemptEnd;
  readonly keptSummary: { readonly value: unknown } | null;
}

/** How long an attempt may take from its claim until something of it runs. */
const startLimitMs = 60_000;

const next: Readonly<Record<AttemptState, readonly AttemptState[]>> = {
  starting: ['running', 'stopping', 'settling'],
  running: ['stopping', 'settling'],
  stopping: ['settling'],
  settling: ['settled'],
  settled: [],
};

/**
 * One attempt at a task, from its claim until its end is stored.
 *
 * - **starting**: claimed; nothing runs yet. Left by `begin`, a stop or an end, within `startLimitMs`.
 * - **running**: its work is alive. Left by a stop or an end.
 * - **stopping**: its work was asked to end, and how the attempt ends is decided, unless a result comes first. Left by
 *   the end of the work, or after the work's `stopLimitMs`.
 * - **settling**: the end is decided and is being stored. Entered once; stops, further ends and the loss of the lease
 *   change nothing from here on, and only the stored fence decides what becomes of the task.
 * - **settled**: the end is stored, or the fence has shown that the task is another's.
 */
export class Attempt {
  measured: Measured = unmeasured;
  /** RAM that the next attempt is given because the memory guard has chosen this one. */
  retryRamMb: number | null = null;
  #state: AttemptState = 'starting';
  #work: AttemptWork | null = null;
  #deadlineMs: number | null;
  #pendingEnd: AttemptEnd | null = null;
  #cancelTimeLimit: () => void = () => undefined;

  constructor(
    readonly task: Task,
    private readonly clock: Clock,
    /** Stores the end and calls `markSettled`; called once. */
    private readonly settle: (attempt: Attempt, finished: FinishedAttempt) => void,
  ) {
    this.#deadlineMs = clock.monotonicMs() + startLimitMs;
  }

  get state(): AttemptState {
    return this.#state;
  }

  /** The end that a stopping attempt comes to, whenever its work has ended; null before. */
  get pendingEnd(): AttemptEnd | null {
    return this.#pendingEnd;
  }

  /** Whether a stop or an end still has an effect. */
  get isOpen(): boolean {
    return this.#state !== 'settling' && this.#state !== 'settled';
  }

  /** Its work; null before `begin`. */
  get work(): AttemptWork | null {
    return this.#work;
  }

  /** Gives the attempt its work and starts its time limit. An attempt that was stopped before ends at once. */
  begin(work: AttemptWork): void {
    this.#work = work;
    if (this.#state === 'settled') work.release();
    if (!this.isOpen) return;
    const limitMs = 1000 * this.task.row.timeoutS;
    this.#cancelTimeLimit = this.clock.after(limitMs, () => {
      this.stop('time-limit');
    });
  }

  /** Something of it runs. */
  markRunning(): void {
    if (this.#state !== 'starting') return;
    this.#enter('running');
    this.#deadlineMs = null;
  }

  /**
   * Asks the attempt to end. The first reason stands.
   *
   * @returns false when its end is being stored already
   */
  stop(reason: StopReason): boolean {
    if (!this.isOpen) return false;
    if (this.#state === 'stopping') return true;
    const end: AttemptEnd = { type: 'stopped', reason };
    if (this.#work === null) {
      this.finish(end);
    } else {
      this.beginStopping(end, this.#work.stopLimitMs(reason));
      this.#work.stop(reason);
    }
    return true;
  }

  /** It is decided how it ends, and its work has a time to end: after that the attempt ends without it. */
  beginStopping(end: AttemptEnd, limitMs: number): void {
    this.#enter('stopping');
    this.#pendingEnd = end;
    this.#deadlineMs = this.clock.monotonicMs() + limitMs;
  }

  /** Ends the attempt; only the first call counts. */
  finish(end: AttemptEnd, keptSummary: FinishedAttempt['keptSummary'] = null): void {
    if (!this.isOpen) return;
    this.#enter('settling');
    this.#deadlineMs = null;
    this.#cancelTimeLimit();
    this.settle(this, { end, keptSummary });
  }

  /** The end is stored, or is another's to store: gives the reservations back. */
  markSettled(): void {
    this.#enter('settled');
    this.#work?.release();
  }

  /**
   * What the watchdog asks: ends an attempt that has neither a live process nor time left.
   *
   * @returns what it found wrong; null when all is well
   */
  check(): string | null {
    if (!this.isOpen) return null;
    const isLate = this.#deadlineMs !== null && this.clock.monotonicMs() > this.#deadlineMs;
    switch (this.#state) {
      case 'starting': {
        if (!isLate) return null;
        const message = `It did not start within ${startLimitMs / 1000} s.`;
        this.finish({ type: 'spawn-failed', message });
        return message;
      }
      case 'stopping': {
        if (!isLate) return null;
        const end = this.#pendingEnd!;
        this.finish(end);
        return `It did not end in time after it was stopped (${endLabel(end)}).`;
      }
      default: {
        if (this.#work?.isAlive() !== false) return null;
        const message = "The task's process was gone without an end.";
        this.finish({ type: 'failed', error: { code: 'PROCESS_LOST', message } });
        return message;
      }
    }
  }

  #enter(state: AttemptState): void {
    if (!next[this.#state].includes(state)) {
      throw new Error(`Attempt ${this.task.row.attempt} of task ${this.task.id}: ${this.#state} → ${state}`);
    }
    this.#state = state;
  }
}
