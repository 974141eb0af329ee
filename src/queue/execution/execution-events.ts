import { Injectable } from '@nestjs/common';
import { Subject } from 'rxjs';
import type { TaskRow } from '../domain/task-row.js';
import type { ProcessEnd } from './process-launcher.js';

/** A process of a task, at its start (`end` is null) or at its end. */
export interface ProcessEvent {
  readonly row: TaskRow;
  /** The shard that it does; null for a whole task. */
  readonly shard: number | 'reduce' | null;
  /** Epoch milliseconds. */
  readonly startedAtMs: number;
  readonly end: ProcessEnd | null;
}

/** An attempt whose end is stored. */
export interface AttemptSettled {
  /** The task while it ran, and as it is now. */
  readonly before: TaskRow;
  readonly after: TaskRow;
  /** When its last process had ended, in epoch milliseconds. */
  readonly endedAtMs: number;
}

/** What happens to attempts and their processes on this node, for metrics and traces. */
@Injectable()
export class ExecutionEvents {
  readonly #processes = new Subject<ProcessEvent>();
  readonly #settled = new Subject<AttemptSettled>();

  readonly processLifecycle$ = this.#processes.asObservable();

  /** When the end of an attempt is stored, or that its task is queued again. */
  readonly attemptSettled$ = this.#settled.asObservable();

  publishProcess(event: ProcessEvent): void {
    this.#processes.next(event);
  }

  publishSettled(event: AttemptSettled): void {
    this.#settled.next(event);
  }
}
