import type { AdmissionDecision } from '@app/scheduler';
import type { NewTask } from '../storage/task-writes.js';

/** What was decided about a task when it arrived, or when it started after a wait. */
export interface TaskDecision {
  readonly row: NewTask;
  /** Whether it had been queued before. */
  readonly waited: boolean;
  readonly started: boolean;
  /** The machine's figures then: of a task that did not start they may well say that it fits, behind others. */
  readonly decision: AdmissionDecision;
}

/** `order`: the machine has room for it, but others come first, the queue is paused or memory is short. */
export type DecisionReason = 'alone' | 'fits' | 'order' | 'ram' | 'cpu' | 'cpu_and_ram';

export function reasonOf({ started, decision }: TaskDecision): DecisionReason {
  if (started) return decision.admitted && decision.exclusive ? 'alone' : 'fits';
  if (decision.admitted) return 'order';
  return decision.cpuOk ? 'ram' : decision.ramOk ? 'cpu' : 'cpu_and_ram';
}
