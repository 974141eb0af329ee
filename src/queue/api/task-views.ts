import { Injectable } from '@nestjs/common';
import type { Task as TaskView, Viewer } from '@app/contracts';
import { viewFor, type StoredTaskView } from '../domain/task-view.js';
import { resultUrlOf, TaskHandlers } from '../domain/task-handlers.js';
import type { QueuePosition } from '../domain/queue-position.js';
import type { Task } from '../domain/task.js';
import { QueuePositions } from '../scheduling/queue-positions.js';

/** Shows tasks to viewers. */
@Injectable()
export class TaskViews {
  constructor(
    private readonly handlers: TaskHandlers,
    private readonly positions: QueuePositions,
  ) {}

  /** A task as it is now; a queued one with its place. */
  of(viewer: Pick<Viewer, 'isAdmin'>, task: Task): TaskView {
    return this.at(viewer, task, this.positions.of(task.id));
  }

  /** A task with a place that was looked up before. */
  at(viewer: Pick<Viewer, 'isAdmin'>, task: Task, position: QueuePosition | null): TaskView {
    return this.ofStored(viewer, task.view(position));
  }

  /** What was stored with an event. */
  ofStored(viewer: Pick<Viewer, 'isAdmin'>, stored: StoredTaskView): TaskView {
    return viewFor(viewer, stored, this.#resultUrl(stored));
  }

  #resultUrl({ task_id, task_type, status, started_at }: StoredTaskView): string | null {
    const handler = this.handlers.find(task_type);
    // A cancelled task may keep the shards that had completed.
    const mayKeepShards = status === 'cancelled' && started_at !== null && handler?.shards !== undefined;
    return status === 'completed' || mayKeepShards ? resultUrlOf(handler, task_id) : null;
  }
}
