import { Injectable } from '@nestjs/common';
import { Scheduler, type MeasuredRun, type ResourceRequest, type TaskShape } from '@app/scheduler';
import { Clock } from '../../clock/clock.js';

/** Resources that one process of a task holds on this node, from the decision to start it until its end is stored. */
export interface Reservation {
  /** Opaque; the scheduler and the resource monitor know the process by it. */
  readonly id: string;
  readonly taskId: string;
  /** Gives the resources back; only the first call counts. */
  release(run?: MeasuredRun): void;
}

export interface ReservationRequest {
  readonly taskId: string;
  /** The id by which the scheduler saw it wait; the task's by default. */
  readonly queuedId?: string;
  readonly userId: string;
  readonly shape: TaskShape;
  /** False where the memory guard must not choose it. */
  readonly isKillable: boolean;
}

const nothingMeasured: MeasuredRun = { cpuSeconds: 0, peakRamMb: 0, succeeded: false };

/** Takes reservations from the scheduler and gives each back exactly once. */
@Injectable()
export class Reservations {
  #count = 0;
  readonly #held = new Map<string, Reservation>();

  constructor(
    private readonly scheduler: Scheduler,
    private readonly clock: Clock,
  ) {}

  take({ taskId, queuedId = taskId, userId, shape, isKillable }: ReservationRequest): Reservation {
    this.#count += 1;
    const id = `${taskId}#${this.#count}`;
    const startedAtMs = this.clock.steadyMs();
    this.scheduler.recordStart({ ...shape, id, queuedId, userId, startedAtMs, isKillable });
    const reservation: Reservation = {
      id,
      taskId,
      release: (run = nothingMeasured) => {
        if (!this.#held.delete(id)) return;
        this.scheduler.recordEnd(id, this.clock.steadyMs(), run);
      },
    };
    this.#held.set(id, reservation);
    return reservation;
  }

  /** All the resources of this machine that tasks may share; null before it was measured. */
  capacity(): ResourceRequest | null {
    return this.scheduler.total();
  }

  /** Those that are held. */
  list(): Reservation[] {
    return [...this.#held.values()];
  }
}
