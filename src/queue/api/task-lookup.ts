import { Injectable } from '@nestjs/common';
import { queuePageSize, type QueueStatus, type Task as TaskView, type Viewer } from '@app/contracts';
import { filter, map, type Observable } from 'rxjs';
import { TaskEvents } from '../domain/task-events.js';
import { canSee } from '../domain/task-view.js';
import type { Task } from '../domain/task.js';
import { TaskStore } from '../storage/task-store.js';
import { QueueStatusReader } from './queue-status.js';
import { TaskViews } from './task-views.js';
import { findVisibleTask } from './visible-task.js';

/** Which unfinished tasks are meant: those of one user, of one type, or both; all when empty. */
export interface UnfinishedFilter {
  readonly userId?: string;
  readonly taskType?: string;
}

/** The server itself sees every task. */
const server = { isAdmin: true };

/** Finds tasks and shows them as views. */
@Injectable()
export class TaskLookup {
  /** The tasks of all nodes, each when it has completed, failed or been cancelled. */
  readonly endedTasks$: Observable<TaskView>;

  constructor(
    private readonly store: TaskStore,
    private readonly views: TaskViews,
    private readonly queueStatus: QueueStatusReader,
    events: TaskEvents,
  ) {
    this.endedTasks$ = events.all$.pipe(
      filter((event) => event.type === 'task_completed'),
      map(({ data }) => views.ofStored(server, data)),
    );
  }

  /** @throws HttpProblem 404 when there is no such task or the viewer may not see it */
  find(viewer: Viewer, taskId: string): Promise<Task> {
    return findVisibleTask(this.store, viewer, taskId);
  }

  /** @throws HttpProblem 404 when there is no such task or the viewer may not see it */
  async view(viewer: Viewer, taskId: string): Promise<TaskView> {
    return this.views.of(viewer, await this.find(viewer, taskId));
  }

  /** Those of the tasks that exist and that the viewer may see, by id. */
  async findMany(viewer: Viewer, taskIds: readonly string[]): Promise<Map<string, TaskView>> {
    const found = [...(await this.store.findMany(taskIds)).values()];
    const visible = found.filter(({ row }) => canSee(viewer, row));
    return new Map(visible.map((task) => [task.id, this.views.of(viewer, task)]));
  }

  /** The queued and running tasks, in the order of their submission. */
  async unfinished({ userId, taskType }: UnfinishedFilter): Promise<TaskView[]> {
    const tasks = await this.store.unfinished(userId ?? null);
    const meant = tasks.filter(({ row }) => taskType === undefined || row.taskType === taskType);
    return meant.map((task) => this.views.of(server, task));
  }

  /** The ids of those of the tasks that are queued or running. */
  async unfinishedAmong(taskIds: readonly string[]): Promise<string[]> {
    const tasks = [...(await this.store.findMany(taskIds)).values()];
    return tasks.filter(({ isSettled }) => !isSettled).map(({ id }) => id);
  }

  /** Whether a queued or running task is this one, runs after it, or names a file of it in its payload. */
  isReferenced(taskId: string): Promise<boolean> {
    return this.store.isReferenced(taskId);
  }

  /** The first page of what runs and what waits. */
  status(viewer: Viewer): Promise<QueueStatus> {
    return this.queueStatus.page(viewer, { limit: queuePageSize.default });
  }

  /** A task as its owner sees it. */
  ownersView(task: Task): TaskView {
    return this.views.of({ isAdmin: false }, task);
  }
}
