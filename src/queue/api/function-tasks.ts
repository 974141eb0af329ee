import { Injectable } from '@nestjs/common';
import type { FunctionTask } from '@app/tasks-sdk';
import type { Task } from '../domain/task.js';
import { LocalExecutor } from '../execution/local-executor.js';
import { TaskStore } from '../storage/task-store.js';
import type { TransactionHook } from '../storage/task-writes.js';
import { NewTasks } from './new-tasks.js';

/** Functions of this process that are shown as running tasks. */
@Injectable()
export class FunctionTasks {
  constructor(
    private readonly newTasks: NewTasks,
    private readonly store: TaskStore,
    private readonly executor: LocalExecutor,
  ) {}

  /** Stores a function's task, then calls the function; whatever it throws or returns ends the task. */
  async start(functionTask: FunctionTask, hook: TransactionHook): Promise<Task> {
    const row = this.newTasks.running(functionTask);
    const task = await this.store.insert(row, null, hook);
    this.executor.startFunction(task, functionTask.taskFunc);
    return task;
  }

  report(taskId: string, description: string, progress: number | null): void {
    this.executor.report(taskId, description, progress);
  }
}
