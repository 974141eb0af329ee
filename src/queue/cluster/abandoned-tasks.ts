import { Injectable, Logger } from '@nestjs/common';
import { Subject } from 'rxjs';
import { Config } from '../../config/config.js';
import { Database } from '../../database/database.js';
import { isOutage } from '../../database/database-errors.js';
import { transitionAfterLoss } from '../domain/attempt-outcome.js';
import type { Task } from '../domain/task.js';
import { ProcessLauncher } from '../execution/process-launcher.js';
import { TaskExecutor } from '../execution/task-executor.js';
import { attemptKey, removeResults } from '../storage/result-files.js';
import { TaskStore } from '../storage/task-store.js';

/** Tasks that run according to the database, but whose process is gone: they go back to the queue, or end. */
@Injectable()
export class AbandonedTasks {
  readonly #logger = new Logger('AbandonedTasks');
  readonly #requeued = new Subject<Task>();

  /** Tasks that are queued again. */
  readonly requeued$ = this.#requeued.asObservable();

  constructor(
    private readonly config: Config,
    private readonly store: TaskStore,
    private readonly executor: TaskExecutor,
    private readonly database: Database,
    private readonly launcher: ProcessLauncher,
  ) {}

  /** Takes up what an earlier process of this node has left. Nothing may run here yet. */
  async recoverAtStart(): Promise<void> {
    void this.launcher.killAllLeftBehind();
    // No other process works on an embedded store: whatever runs according to it was left by an earlier one.
    const tasks = this.database.isShared
      ? await this.store.startedBefore(this.config.nodeId)
      : (await this.store.unfinished(null)).filter(({ isRunning }) => isRunning);
    await this.#recoverAll(tasks);
  }

  /** Takes up the tasks of nodes that have not renewed their leases. */
  async reap(): Promise<void> {
    const abandoned = await this.store.abandoned();
    const here = new Set(this.executor.list().map(({ taskId }) => taskId));
    await this.#recoverAll(abandoned.filter(({ id }) => !here.has(id)));
  }

  async #recoverAll(tasks: readonly Task[]): Promise<void> {
    for (const task of tasks) {
      try {
        if (!this.executor.adopt(task)) await this.#recover(task);
      } catch (error) {
        if (isOutage(error)) throw error;
        this.#logger.error(`Task ${task.id} could not be recovered: ${String(error)}`);
      }
    }
  }

  async #recover(task: Task): Promise<void> {
    const recovered = await this.store.apply(task, transitionAfterLoss(task));
    // Null: its node has reported after all, or another one was first.
    if (recovered === null) return;
    if (recovered.isQueued) this.#requeued.next(recovered);
    void this.launcher.killLeftBehind(task.id, task.row.attempt);
    // The finished shards of a task stay for its next attempt, or for a retry when it has ended.
    await removeResults(this.config.dataDir, new Set([attemptKey(task.id, task.row.attempt)]));
  }
}
