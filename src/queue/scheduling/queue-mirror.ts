import { Injectable } from '@nestjs/common';
import type { QueuedTask } from '@app/scheduler';
import { Subject } from 'rxjs';
import { DatabaseClock } from '../../database/database-clock.js';
import { countByType, type Task } from '../domain/task.js';
import { TaskEvents, type StoredTaskEvent, type TaskEvent } from '../domain/task-events.js';
import { TaskStore } from '../storage/task-store.js';

export interface MirroredQueue {
  /** Those that may start, as the scheduler sees them. */
  readonly ready: QueuedTask[];
  /** Those that wait for another task to complete. */
  readonly held: Task[];
}

/**
 * The queued tasks of the whole installation, in memory. The database decides: a claim whose fence does not hold shows
 * that the task is queued no more. Events of all nodes keep the mirror up to date; after a gap in them it is reloaded.
 */
@Injectable()
export class QueueMirror {
  readonly #queued = new Map<string, Task>();
  /** Queued tasks that wait for another one to complete, by the id of that one. */
  readonly #dependents = new Map<string, Set<string>>();
  readonly #changes = new Subject<void>();
  /** What happens while the queue is being read: it is repeated on what was read. Null at other times. */
  #journal: (() => void)[] | null = null;

  /** When something has happened to the queue that a scheduling cycle did not do itself. */
  readonly changes$ = this.#changes.asObservable();

  constructor(
    private readonly store: TaskStore,
    private readonly databaseClock: DatabaseClock,
    events: TaskEvents,
  ) {
    events.all$.subscribe((event) => {
      this.onTaskEvent(event);
    });
  }

  get size(): number {
    return this.#queued.size;
  }

  /** How far the database's clock is ahead of this process's, in ms. */
  get clockOffsetMs(): number {
    return this.databaseClock.offsetMs;
  }

  get(taskId: string): Task | null {
    return this.#queued.get(taskId) ?? null;
  }

  countOf(userId: string): number {
    let count = 0;
    for (const { row } of this.#queued.values()) if (row.userId === userId) count += 1;
    return count;
  }

  /** How many tasks of each type wait, on whichever node they will run. */
  queuedByType(): Map<string, number> {
    return countByType(this.#queued.values());
  }

  snapshot(): MirroredQueue {
    const ready: QueuedTask[] = [];
    const held: Task[] = [];
    const { clockOffsetMs } = this;
    for (const task of this.#queued.values()) {
      if (this.#isHeld(task)) held.push(task);
      else ready.push(task.asQueued(clockOffsetMs));
    }
    return { ready, held };
  }

  /** Reads the queue from the database. */
  async reload(): Promise<void> {
    const journal: (() => void)[] = [];
    this.#journal = journal;
    try {
      const queued = (await this.store.unfinished(null)).filter(({ isQueued }) => isQueued);
      // Read later than the queue: the end of a dependency in between is in the journal.
      const dependencies = await this.store.findMany(dependencyIdsOf(queued));
      this.#queued.clear();
      this.#dependents.clear();
      for (const task of queued) {
        const { runAfter } = task.row;
        this.#add(task, runAfter !== null && blocks(dependencies.get(runAfter) ?? null));
      }
      for (const change of journal) change();
    } finally {
      this.#journal = null;
    }
  }

  /** Adds a queued task that waits for no other one. */
  track(task: Task): void {
    this.#change(() => {
      this.#add(task, false);
    });
  }

  /** Adds a task that ran already: the task that it was to run after has completed. */
  trackRequeued(task: Task): void {
    this.track(task);
    this.#changes.next();
  }

  /** Adds a queued task; it is held until the task that it runs after has completed. */
  async trackWithDependency(task: Task): Promise<void> {
    const { runAfter } = task.row;
    if (runAfter === null) {
      this.track(task);
      return;
    }
    this.#change(() => {
      this.#add(task, true);
    });
    // Read after the task was added: an end that comes in between arrives as an event.
    if (blocks(await this.store.find(runAfter))) return;
    this.#change(() => {
      this.#dependents.get(runAfter)?.delete(task.id);
    });
  }

  untrack(taskId: string): void {
    this.#change(() => {
      const task = this.#queued.get(taskId);
      if (task === undefined) return;
      this.#queued.delete(taskId);
      if (task.row.runAfter !== null) this.#dependents.get(task.row.runAfter)?.delete(taskId);
    });
  }

  /** A person has queued a finished task again. */
  async onRequeued(task: Task): Promise<void> {
    await this.trackWithDependency(task);
    this.#changes.next();
  }

  /** A queued task was changed, such as its priority. */
  onUpdated(task: Task): void {
    this.#change(() => {
      if (this.#queued.has(task.id)) this.#queued.set(task.id, task);
    });
    this.#changes.next();
  }

  /** A queued task has ended without running. */
  onRemoved(taskId: string): void {
    this.untrack(taskId);
    this.#changes.next();
  }

  onTaskEvent(event: TaskEvent): void {
    if (event.type !== 'task_completed') return;
    const { task_id: taskId, success } = event.data;
    this.untrack(taskId);
    if (!success) return;
    const isAwaited = this.#dependents.has(taskId);
    this.#change(() => {
      this.#dependents.delete(taskId);
    });
    if (isAwaited) this.#changes.next();
  }

  /** Follows what other nodes have stored. */
  async onRemoteEvents(events: readonly StoredTaskEvent[]): Promise<void> {
    const queued = new Set<string>();
    for (const event of events) {
      if (event.type === 'task_description_update') continue;
      const { task_id: taskId } = event.data;
      if (event.type === 'task_queued') queued.add(taskId);
      else {
        queued.delete(taskId);
        this.untrack(taskId);
      }
    }
    for (const task of (await this.store.findMany([...queued])).values()) {
      if (task.isQueued) await this.trackWithDependency(task);
    }
    this.#changes.next();
  }

  #isHeld({ row }: Task): boolean {
    return row.runAfter !== null && (this.#dependents.get(row.runAfter)?.has(row.taskId) ?? false);
  }

  #add(task: Task, isHeld: boolean): void {
    this.#queued.set(task.id, task);
    const { runAfter } = task.row;
    if (runAfter === null) return;
    const dependents = this.#dependents.get(runAfter) ?? new Set();
    if (isHeld) this.#dependents.set(runAfter, dependents.add(task.id));
    else dependents.delete(task.id);
  }

  #change(change: () => void): void {
    this.#journal?.push(change);
    change();
  }
}

/** Whether a task has to wait for this one; a task that is gone blocks nothing. */
function blocks(dependency: Task | null): boolean {
  return dependency !== null && !dependency.hasCompleted;
}

function dependencyIdsOf(tasks: readonly Task[]): string[] {
  return [...new Set(tasks.flatMap(({ row }) => row.runAfter ?? []))];
}
