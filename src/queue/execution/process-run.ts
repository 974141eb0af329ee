import type { MeasuredRun } from '@app/scheduler';
import type { StopReason } from '../domain/attempt-outcome.js';
import { AttemptWork, type Attempt } from './attempt.js';
import type { ProcessRequest, TaskProcesses, TaskProcessRun } from './task-processes.js';
import { measuredRun } from './task-processes.js';

/** A stop takes 1.5 s until SIGKILL; what is left after this cannot be killed. */
const stopLimitMs = 5_000;

/** The work of a task that is one process. */
export class ProcessRun extends AttemptWork {
  readonly #run: TaskProcessRun;
  #measured: MeasuredRun | undefined;

  constructor(
    private readonly attempt: Attempt,
    processes: TaskProcesses,
    private readonly request: Omit<ProcessRequest, 'onEnd'>,
  ) {
    super();
    this.#run = processes.start({
      ...request,
      onEnd: (end, measured) => {
        attempt.measured = measured;
        this.#measured = measuredRun(end, measured);
        attempt.finish(end);
      },
    });
    attempt.markRunning();
  }

  override stop(reason: StopReason): void {
    this.#run.stop(reason);
  }

  override isAlive(): boolean {
    return this.#run.isAlive();
  }

  override closeLog(): Promise<void> {
    return this.request.log.close();
  }

  override release(): void {
    this.#run.reservation.release(this.#measured);
  }

  override stopForMemory(reservationId: string, ramMb: number): void {
    if (reservationId !== this.#run.reservation.id) return;
    this.attempt.retryRamMb = ramMb;
    this.attempt.stop('memory');
  }

  override stopLimitMs(): number {
    return stopLimitMs;
  }
}
