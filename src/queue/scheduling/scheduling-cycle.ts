import { setImmediate as nextTurn } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import type { Start } from '@app/scheduler';
import type { Reservation } from '../execution/reservations.js';
import { TaskExecutor, type WaitingWork } from '../execution/task-executor.js';
import { Admission } from './admission.js';
import type { LoopState } from './loop-state.js';
import { QueueMirror } from './queue-mirror.js';
import { QueuePositions } from './queue-positions.js';
import { queuedTaskOf, Submissions, type Submission } from './submissions.js';
import { TaskClaims, type Admitted, type ClaimedTask } from './task-claims.js';

/** What the scheduler has decided, with the resources held for each start. */
interface Decided {
  /** In the order of the queue; by the id that the scheduler knows. */
  readonly admitted: ReadonlyMap<string, Admitted>;
  readonly waitingWork: readonly WaitingWork[];
}

/**
 * One scheduling cycle: decides what starts, claims and stores it, then starts it. It takes in all submissions since
 * the last one. Cycles must not overlap.
 */
@Injectable()
export class SchedulingCycle {
  readonly #logger = new Logger('SchedulingCycle');

  constructor(
    private readonly submissions: Submissions,
    private readonly admission: Admission,
    private readonly mirror: QueueMirror,
    private readonly positions: QueuePositions,
    private readonly claims: TaskClaims,
    private readonly executor: TaskExecutor,
  ) {}

  /**
   * @param state asked when the cycle decides; unless it is `running`, new tasks are stored as queued, and nothing
   *   starts
   * @throws the first error of the database, after all that could be started has been
   */
  async run(state: () => LoopState): Promise<void> {
    const submissions = this.submissions.takeAll();
    const { admitted, waitingWork } = await this.#decide(submissions, state).catch((error: unknown) => {
      for (const submission of submissions) submission.reject(error);
      throw error;
    });
    // The order of the queue is the order of the claims; what waited before is claimed before what is new.
    const claims: Promise<ClaimedTask | null>[] = [];
    for (const [id, start] of admitted) {
      const task = this.mirror.get(id);
      if (task !== null) claims.push(this.claims.claim(task, start));
    }
    for (const submission of submissions) {
      claims.push(this.claims.accept(submission, admitted.get(submission.row.taskId) ?? null));
    }
    const outcomes = await Promise.allSettled(claims);
    // Starting processes holds up the event loop: events and answers go out before.
    await nextTurn();
    for (const outcome of outcomes) {
      if (outcome.status !== 'fulfilled' || outcome.value === null) continue;
      const { task, reservation } = outcome.value;
      this.#start(task.id, reservation, () => {
        this.executor.start(task, reservation);
      });
    }
    for (const { item, queued } of waitingWork) {
      const reservation = admitted.get(queued.id)?.reservation;
      if (reservation === undefined) continue;
      this.#start(item.taskId, reservation, () => {
        this.executor.startWaiting(item, reservation);
      });
    }
    this.positions.publishPositions();
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  }

  async #decide(submissions: readonly Submission[], state: () => LoopState): Promise<Decided> {
    const startable = await this.claims.startable(submissions);
    const { ready, held } = this.mirror.snapshot();
    const waitingWork = this.executor.waitingWork(this.mirror.clockOffsetMs);
    const queued = [...ready, ...startable.map(queuedTaskOf), ...waitingWork.map(({ queued }) => queued)];
    const now = state();
    const result = this.admission.decide(queued, now === 'running');
    const workById = new Map(waitingWork.map((work) => [work.queued.id, work]));
    // While the server shuts down, what this node finds says nothing about why a task waits.
    const isOpen = now === 'running' || now === 'paused';
    if (isOpen && this.positions.isUpdateDue(queued.length)) {
      this.positions.update(
        result.waiting.filter(({ id }) => !workById.has(id)),
        held,
      );
    }
    const reserve = (start: Start): [string, Admitted] => {
      const { id } = start.task;
      const reservation = this.admission.reserve(start, workById.get(id)?.item.taskId ?? id);
      return [id, { decision: start.decision, reservation }];
    };
    return { admitted: new Map(result.starts.map(reserve)), waitingWork };
  }

  /** One start that throws must not keep the others from starting. */
  #start(taskId: string, reservation: Reservation, start: () => void): void {
    try {
      start();
    } catch (error) {
      reservation.release();
      this.#logger.error(`Task ${taskId} could not be started: ${String(error)}`);
    }
  }
}
