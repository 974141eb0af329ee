import { Injectable } from '@nestjs/common';
import { Scheduler, type AdmissionDecision } from '@app/scheduler';
import { Subject } from 'rxjs';
import { ResourceMonitor } from '../../resources/resource-monitor.js';
import { NodeRegistry } from '../cluster/node-registry.js';
import type { TaskRow } from '../domain/task-row.js';
import { shapeOf } from './submissions.js';

export type DecidedTaskRow = Pick<
  TaskRow,
  'taskId' | 'taskType' | 'attempt' | 'traceparent' | 'size' | 'cpuMillicores' | 'ramMb'
>;

/** What was decided about a task when it arrived, or when it started after a wait. */
export interface TaskDecision {
  readonly row: DecidedTaskRow;
  /** When it was submitted, in epoch milliseconds. */
  readonly submittedAtMs: number;
  /** Whether it had been queued before. */
  readonly waited: boolean;
  readonly started: boolean;
  /** The machine's figures then: of a task that did not start they may well say that it fits, behind others. */
  readonly decision: AdmissionDecision;
}

/** `order`: the machine has room for it, but others come first, the queue is paused or memory is short. */
export type DecisionReason = 'alone' | 'fits' | 'order' | 'ram' | 'cpu' | 'cpu_and_ram';

/** The decisions of this node, for the log, metrics and traces. */
@Injectable()
export class AdmissionDecisions {
  readonly #decisions = new Subject<TaskDecision>();

  /** When a task arrives on a node that runs tasks, and when one that has waited starts. */
  readonly admissionDecisions$ = this.#decisions.asObservable();

  constructor(
    private readonly scheduler: Scheduler,
    private readonly monitor: ResourceMonitor,
    private readonly nodes: NodeRegistry,
  ) {}

  /** @param admitted why it starts now; null when it does not */
  publishDecision(
    task: Pick<TaskDecision, 'row' | 'submittedAtMs' | 'waited'>,
    admitted: AdmissionDecision | null,
  ): void {
    if (!this.nodes.isWorker) return;
    const decision = admitted ?? this.scheduler.canRun(shapeOf(task.row));
    this.monitor.logDecision(task.row.taskType, decision);
    this.#decisions.next({ ...task, started: admitted !== null, decision });
  }
}

export function reasonOf({ started, decision }: TaskDecision): DecisionReason {
  if (started) return decision.admitted && decision.exclusive ? 'alone' : 'fits';
  if (decision.admitted) return 'order';
  return decision.cpuOk ? 'ram' : decision.ramOk ? 'cpu' : 'cpu_and_ram';
}
