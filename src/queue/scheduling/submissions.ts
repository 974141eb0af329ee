import { Injectable } from '@nestjs/common';
import type { QueuedTask, TaskShape } from '@app/scheduler';
import { Subject } from 'rxjs';
import { Clock } from '../../clock/clock.js';
import type { TaskRow } from '../domain/task-row.js';
import type { Task } from '../domain/task.js';
import type { NewTask, TransactionHook } from '../storage/task-writes.js';
import { QueueMirror } from './queue-mirror.js';

/** A new task on its way in, and the answer to its caller. */
export interface Submission {
  readonly row: NewTask;
  readonly inTransaction: TransactionHook;
  /** Epoch milliseconds. */
  readonly submittedAtMs: number;
  resolve(task: Task): void;
  reject(error: unknown): void;
}

/** New tasks come behind all that are stored already. */
const firstSequence = 2 ** 52;

/** New tasks that no scheduling cycle has taken in yet, and those whose callers have no answer yet. */
@Injectable()
export class Submissions {
  readonly #arrivals = new Subject<void>();
  readonly #unanswered = new Set<Submission>();
  #waiting: Submission[] = [];

  readonly arrivals$ = this.#arrivals.asObservable();

  constructor(
    private readonly mirror: QueueMirror,
    private readonly clock: Clock,
  ) {}

  /** How many wait for the next cycle. */
  get size(): number {
    return this.#waiting.length;
  }

  /**
   * Hands a new task to the next cycle: it is stored as running when it may start at once, as queued otherwise.
   *
   * @throws what the database or `inTransaction` throws; nothing is stored then, unless the database was away
   */
  async submit(row: NewTask, inTransaction: TransactionHook): Promise<Task> {
    const { promise, resolve, reject } = deferred<Task>();
    const submittedAtMs = this.clock.steadyMs();
    const submission: Submission = { row, inTransaction, submittedAtMs, resolve, reject };
    this.#unanswered.add(submission);
    this.#waiting.push(submission);
    this.#arrivals.next();
    try {
      return await promise;
    } finally {
      this.#unanswered.delete(submission);
    }
  }

  /** All that have arrived since the last call. */
  takeAll(): Submission[] {
    const taken = this.#waiting;
    this.#waiting = [];
    return taken;
  }

  /** How many tasks a user has queued, with those that are being stored. */
  queuedCountOf(userId: string): number {
    let count = this.mirror.countOf(userId);
    for (const { row } of this.#unanswered) if (row.userId === userId) count += 1;
    return count;
  }
}

/** A new task as the scheduler sees it; `n` is its place among those of its cycle. */
export function queuedTaskOf({ row, submittedAtMs }: Submission, n: number): QueuedTask {
  return {
    ...shapeOf(row),
    id: row.taskId,
    userId: row.userId,
    priority: row.priority,
    queuedAtMs: submittedAtMs,
    sequence: firstSequence + n,
  };
}

export function shapeOf({
  taskType,
  size,
  cpuMillicores,
  ramMb,
}: Pick<TaskRow, 'taskType' | 'size' | 'cpuMillicores' | 'ramMb'>): TaskShape {
  return { type: taskType, size, requested: { cpuMillicores, ramMb } };
}

function deferred<Value>() {
  let resolve!: (value: Value) => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<Value>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
