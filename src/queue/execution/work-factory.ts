import { Injectable } from '@nestjs/common';
import type { TaskHandler } from '@app/tasks-sdk';
import { Clock } from '../../clock/clock.js';
import { errorMessage } from '../../logging/error-message.js';
import { taskError } from '../domain/task-error-codes.js';
import { TaskHandlers } from '../domain/task-handlers.js';
import { ShardStore } from '../storage/shard-store.js';
import { AttemptFiles } from './attempt-files.js';
import { AttemptLogs } from './attempt-logs.js';
import { AttemptWork, type Attempt } from './attempt.js';
import { codeFingerprint } from './code-fingerprint.js';
import { ProcessRun } from './process-run.js';
import type { Reservation } from './reservations.js';
import { ShardedRun } from './sharded-run.js';
import { TaskProcesses } from './task-processes.js';

/** What the work of an attempt reports to the executor. */
export interface WorkObserver {
  onProgress(description: string, progress: number | null): void;
  onCapacityReleased(): void;
  /** Takes a reservation without asking for admission. */
  reserve(): Reservation;
}

/** The work of an attempt that could not begin: it only gives its reservation back. */
class NoWork extends AttemptWork {
  constructor(private readonly reservation: Reservation) {
    super();
  }

  override stop(): void {
    // The attempt ends by itself.
  }

  override isAlive(): boolean {
    return false;
  }

  override release(): void {
    this.reservation.release();
  }

  override stopLimitMs(): number {
    return 0;
  }
}

const maxShards = 10_000;

/** Starts the work of attempts: one process, or the processes of shards, as the handler of the type says. */
@Injectable()
export class WorkFactory {
  constructor(
    private readonly handlers: TaskHandlers,
    private readonly processes: TaskProcesses,
    private readonly shards: ShardStore,
    private readonly files: AttemptFiles,
    private readonly logs: AttemptLogs,
    private readonly clock: Clock,
  ) {}

  /** Begins an attempt, which takes the reservation over; a failure ends the attempt. */
  start(attempt: Attempt, reservation: Reservation, observer: WorkObserver): void {
    const { row } = attempt.task;
    try {
      const handler = this.handlers.find(row.taskType);
      if (handler === null)
        throw new UnknownTaskError(`No handler is registered for task type "${row.taskType}".`);
      const payload = payloadOf(handler, row.payload);
      if (handler.shards === undefined) this.#startProcess(attempt, handler, payload, reservation, observer);
      else this.#startShards(attempt, handler, payload, reservation, observer);
    } catch (error) {
      const code = error instanceof UnknownTaskError ? 'UNKNOWN_TASK' : 'TASK_FAILED';
      attempt.begin(new NoWork(reservation));
      attempt.finish({ type: 'failed', error: taskError(code, errorMessage(error)) });
    }
  }

  #startProcess(
    attempt: Attempt,
    handler: TaskHandler,
    payload: unknown,
    reservation: Reservation,
    observer: WorkObserver,
  ): void {
    const { task } = attempt;
    const log = this.logs.open(task.id, task.row.attempt);
    attempt.begin(
      new ProcessRun(attempt, this.processes, {
        task,
        handler,
        payload,
        reservation,
        resultPath: this.files.resultPath(task),
        shard: null,
        shardResults: [],
        log,
        onProgress: (description, progress) => {
          observer.onProgress(description, progress);
        },
      }),
    );
  }

  #startShards(
    attempt: Attempt,
    handler: TaskHandler,
    payload: unknown,
    reservation: Reservation,
    observer: WorkObserver,
  ): void {
    const { task } = attempt;
    const count = handler.shards!(payload);
    if (!Number.isInteger(count) || count < 1 || count > maxShards) {
      throw new RangeError(`The task has ${count} shards; it may have 1 to ${maxShards}.`);
    }
    const log = this.logs.open(task.id, task.row.attempt);
    const { processes, shards, files, clock } = this;
    const run = new ShardedRun(
      attempt,
      {
        handler,
        payload,
        count,
        log,
        fingerprint: () => codeFingerprint(handler.entry, payload),
        ...observer,
      },
      { processes, shards, files, clock },
    );
    attempt.begin(run);
    void run.start(reservation);
  }
}

class UnknownTaskError extends Error {
  override readonly name = 'UnknownTaskError';
}

/** @throws UnknownTaskError when what is stored is not valid for the handler */
function payloadOf(handler: TaskHandler, stored: unknown): unknown {
  const payload = handler.payload.safeParse(stored);
  if (payload.success) return payload.data;
  const [issue] = payload.error.issues;
  throw new UnknownTaskError(`The stored payload is not valid: ${issue?.message ?? 'unknown reason'}.`);
}
