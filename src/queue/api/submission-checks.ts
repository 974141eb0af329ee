import { Injectable } from '@nestjs/common';
import type { CanRunResult } from '@app/tasks-sdk';
import { resourceRequestOf, type ResourceRequest } from '@app/scheduler';
import type { Queries } from '../../database/queries.js';
import { HttpProblem } from '../../problems/http-problem.js';
import { ResourceMonitor } from '../../resources/resource-monitor.js';
import { NodeRegistry } from '../cluster/node-registry.js';
import { TaskHandlers } from '../domain/task-handlers.js';
import type { Task } from '../domain/task.js';
import { TaskReads } from '../storage/task-reads.js';
import { SubmissionGuards } from './submission-guards.js';
import { UserQueueLimit } from './user-queue-limit.js';

/** What is checked before a task is accepted. */
@Injectable()
export class SubmissionChecks {
  constructor(
    private readonly handlers: TaskHandlers,
    private readonly queueLimit: UserQueueLimit,
    private readonly nodes: NodeRegistry,
    private readonly monitor: ResourceMonitor,
    private readonly guards: SubmissionGuards,
  ) {}

  /**
   * @throws HttpProblem 422 `TASK_TOO_LARGE` when no node can ever run it, 429 `QUEUE_FULL` at the user's limit,
   *   and what the guards refuse, such as 409 `STORAGE_FULL`
   */
  async admit(userId: string, requested: ResourceRequest): Promise<void> {
    const reason = this.nodes.infeasibilityReason(requested);
    if (reason !== null) throw new HttpProblem(422, 'TASK_TOO_LARGE', `${reason}.`);
    this.queueLimit.assertBelow(userId);
    await this.guards.admit(userId);
  }

  /**
   * Checked once more in the turn of the event loop that submits: others of the user may have been accepted since.
   *
   * @throws HttpProblem 429 `QUEUE_FULL` at the user's limit
   */
  assertBelowQueueLimit(userId: string): void {
    this.queueLimit.assertBelow(userId);
  }

  /** Whether a task of this type could start now. */
  canRun(type: string): CanRunResult {
    const { cpuCores, ramGb } = this.handlers.get(type).resources;
    const decision = this.monitor.canRun({ type, size: 1, requested: resourceRequestOf(cpuCores, ramGb) });
    return decision.admitted ? { canRun: true, reason: null } : { canRun: false, reason: decision.reason };
  }
}

/**
 * Called within the transaction that queues a task, so the task that it runs after cannot end in between.
 *
 * @throws HttpProblem 422 `DEPENDENCY_FAILED` when the task that it is to run after is unknown or will not complete
 */
export async function assertDependency(queries: Queries, { row }: Task): Promise<void> {
  if (row.runAfter === null) return;
  const before = await new TaskReads(queries).find(row.runAfter);
  if (before?.row.userId !== row.userId) {
    throw new HttpProblem(422, 'DEPENDENCY_FAILED', `There is no task ${row.runAfter} to run after.`);
  }
  if (before.isSettled && !before.hasCompleted) {
    const end = before.row.status === 'cancelled' ? 'was cancelled' : 'has failed';
    const detail = `Task ${row.runAfter}, which this is to run after, ${end}; retry that one first.`;
    throw new HttpProblem(422, 'DEPENDENCY_FAILED', detail);
  }
}
