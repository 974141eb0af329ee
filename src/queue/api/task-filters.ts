import type { TaskListQuery, TaskSelection, TaskStatus, Viewer } from '@app/contracts';
import type { TaskFilter } from '../storage/task-history.js';

/** The tasks that a viewer asks a list of. A `user_id` has no effect for anybody but admins. */
export function listFilter(viewer: Viewer, query: TaskListQuery): TaskFilter {
  return { ...conditions(query), userId: viewer.isAdmin ? (query.user_id ?? null) : viewer.userId };
}

/**
 * The tasks that a bulk command is for.
 *
 * @param statuses those that the command can change: a selection that names no status and no ids means them
 * @returns null when no task can be meant: a user has named another one
 */
export function selectionFilter(
  viewer: Viewer,
  { task_ids: ids, ...selection }: TaskSelection,
  statuses: readonly TaskStatus[],
): TaskFilter | null {
  const named = selection.user_id ?? null;
  if (!viewer.isAdmin && named !== null && named !== viewer.userId) return null;
  const userId = viewer.isAdmin ? named : viewer.userId;
  if (ids !== undefined) return { userId, ids: [...new Set(ids)] };
  return { statuses, ...conditions(selection), userId };
}

type Conditions = Pick<TaskSelection, 'status' | 'task_type' | 'q' | 'since' | 'until'>;

function conditions({ status, task_type, q, since, until }: Conditions): Omit<TaskFilter, 'userId'> {
  return {
    ...(status !== undefined && { statuses: [status] }),
    ...(task_type !== undefined && { taskType: task_type }),
    ...(q !== undefined && { text: q }),
    ...(since !== undefined && { since: new Date(since) }),
    ...(until !== undefined && { until: new Date(until) }),
  };
}
