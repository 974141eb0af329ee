import { Injectable } from '@nestjs/common';
import type { AdmissionDecision } from '@app/scheduler';
import { Config } from '../../config/config.js';
import { isOutage } from '../../database/database-errors.js';
import type { Task } from '../domain/task.js';
import type { Reservation } from '../execution/reservations.js';
import { TaskStore } from '../storage/task-store.js';
import { AdmissionDecisions } from './admission-decisions.js';
import { QueueMirror } from './queue-mirror.js';
import { QueuePositions } from './queue-positions.js';
import type { Submission } from './submissions.js';

/** A decision to start a task, and the resources that are held for it. */
export interface Admitted {
  readonly decision: AdmissionDecision;
  readonly reservation: Reservation;
}

/** A task that this node has claimed. */
export interface ClaimedTask {
  readonly task: Task;
  readonly reservation: Reservation;
}

/** Stores what a scheduling cycle has decided: claims of queued tasks, and new tasks. */
@Injectable()
export class TaskClaims {
  constructor(
    private readonly config: Config,
    private readonly store: TaskStore,
    private readonly mirror: QueueMirror,
    private readonly positions: QueuePositions,
    private readonly decisions: AdmissionDecisions,
  ) {}

  /** Those new tasks that need not wait for another one to complete, which may itself be among them. */
  async startable(submissions: readonly Submission[]): Promise<Submission[]> {
    const ids = submissions.flatMap(({ row }) => row.runAfter ?? []);
    const dependencies = await this.store.findMany(ids);
    return submissions.filter(
      ({ row: { runAfter } }) => runAfter === null || dependencies.get(runAfter)?.hasCompleted,
    );
  }

  /**
   * Claims a queued task.
   *
   * @returns null when it is queued no more
   * @throws the database's error; the resources are free again then
   */
  async claim(task: Task, { decision, reservation }: Admitted): Promise<ClaimedTask | null> {
    let claimed: Task | null = null;
    try {
      claimed = await this.store.apply(task, task.claim(this.config.nodeId));
    } finally {
      if (claimed === null) reservation.release();
    }
    // A claim that comes too late may find the task queued again already, as its next attempt.
    if (this.mirror.get(task.id)?.row.attempt === task.row.attempt) this.mirror.untrack(task.id);
    if (claimed === null) return null;
    const { row } = claimed;
    this.decisions.publishDecision({ row, submittedAtMs: row.queuedAt.getTime(), waited: true }, decision);
    return { task: claimed, reservation };
  }

  /**
   * Stores a new task and answers its caller.
   *
   * @returns the task when it starts now, null when it is queued or refused
   * @throws the database's error when it is not known what is stored
   */
  async accept(submission: Submission, admitted: Admitted | null): Promise<ClaimedTask | null> {
    const { row, submittedAtMs } = submission;
    let task: Task;
    try {
      this.decisions.publishDecision({ row, submittedAtMs, waited: false }, admitted?.decision ?? null);
      task = await this.#insert(submission, admitted !== null);
    } catch (error) {
      admitted?.reservation.release();
      submission.reject(error);
      if (isOutage(error)) throw error;
      return null;
    }
    submission.resolve(task);
    if (admitted !== null) return { task, reservation: admitted.reservation };
    await this.mirror.trackWithDependency(task);
    return null;
  }

  #insert({ row, inTransaction }: Submission, startsNow: boolean): Promise<Task> {
    if (startsNow) {
      const { nodeId } = this.config;
      return this.store.insert({ ...row, status: 'running', nodeId }, null, inTransaction);
    }
    return this.store.insert(row, this.positions.add(row), inTransaction);
  }
}
