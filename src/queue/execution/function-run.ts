import type { FunctionContext, TaskFunction } from '@app/tasks-sdk';
import type { Clock } from '../../clock/clock.js';
import { errorMessage } from '../../logging/error-message.js';
import { redact } from '../../logging/redact.js';
import type { AttemptEnd, StopReason } from '../domain/attempt-outcome.js';
import { taskError } from '../domain/task-error-codes.js';
import { AttemptWork, type Attempt } from './attempt.js';
import type { Reservation } from './reservations.js';

const settleLimitMs = 2_000;

/**
 * The work of a task that is a function of this process. Nothing can end a function from outside: one that does not
 * settle within two seconds of its abort is stored as ended and keeps its reservation until it settles.
 */
export class FunctionRun extends AttemptWork {
  readonly #abort = new AbortController();
  #isSettled = false;
  #mayRelease = false;

  constructor(
    private readonly attempt: Attempt,
    private readonly reservation: Reservation,
    private readonly clock: Clock,
    private readonly observer: { onOverdue(): void; onSettled(): void },
  ) {
    super();
  }

  /** Calls the function; whatever it throws or returns ends the attempt. */
  start(run: TaskFunction, report: FunctionContext['report']): void {
    this.attempt.markRunning();
    let promise: Promise<unknown>;
    try {
      promise = run({ signal: this.#abort.signal, report });
      if (typeof (promise as Partial<Promise<unknown>> | null)?.then !== 'function') {
        throw new TypeError('The function of the task returned no promise.');
      }
    } catch (error) {
      this.#onSettled(failure(error));
      return;
    }
    promise.then(
      () => {
        this.#onSettled({ type: 'done', summary: null });
      },
      (error: unknown) => {
        this.#onSettled(failure(error));
      },
    );
  }

  override stop(reason: StopReason): void {
    this.#abort.abort();
    this.clock.after(settleLimitMs, () => {
      if (this.#isSettled) return;
      this.observer.onOverdue();
      this.attempt.finish({ type: 'stopped', reason });
    });
  }

  override isAlive(): boolean {
    return !this.#isSettled;
  }

  override release(): void {
    this.#mayRelease = true;
    if (this.#isSettled) this.reservation.release();
  }

  override stopLimitMs(): number {
    return 2 * settleLimitMs;
  }

  #onSettled(end: AttemptEnd): void {
    this.#isSettled = true;
    this.observer.onSettled();
    if (this.#mayRelease) this.reservation.release();
    this.attempt.finish(this.attempt.pendingEnd ?? end);
  }
}

function failure(error: unknown): AttemptEnd {
  return { type: 'failed', error: taskError('TASK_FAILED', redact(errorMessage(error))) };
}
