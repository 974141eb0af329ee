import type { Viewer } from '@app/contracts';
import { HttpProblem } from '../../problems/http-problem.js';
import { canSee } from '../domain/task-view.js';
import type { Task } from '../domain/task.js';
import type { TaskReads } from '../storage/task-reads.js';

/**
 * A task that a viewer may see.
 *
 * @throws HttpProblem 404 when there is no such task or the viewer may not see it: the answer is the same
 */
export async function findVisibleTask(reads: TaskReads, viewer: Viewer, taskId: string): Promise<Task> {
  const task = await reads.find(taskId);
  if (task === null || !canSee(viewer, task.row)) throw HttpProblem.notFound();
  return task;
}
