import { isVisibleTo, type Task as TaskView, type Viewer } from '@app/contracts';
import type { QueuePosition } from './queue-position.js';
import type { TaskRow } from './task-row.js';

/** Fields that events stored before version 0.2 lack. */
type AddedFields = 'subject' | 'wait_kind' | 'can_cancel' | 'can_retry';

/**
 * A task as admins see it, and as it is stored with its events. Whatever leaves the server passes `viewFor` first.
 *
 * Paths are not stored: that of the log follows from the id, and the handler of the type knows that of the result.
 */
export type StoredTaskView = Omit<TaskView, AddedFields | 'result_url' | 'log_url'> &
  Partial<Pick<TaskView, AddedFields>> & {
    /** Why it waits, without figures of the machine. Absent from events stored before version 0.2. */
    readonly user_wait_reason?: string | null;
  };

/** A task for admins; `position` is given only for a queued one. */
export function storedTaskView(row: TaskRow, position: QueuePosition | null): StoredTaskView {
  return {
    task_id: row.taskId,
    task_type: row.taskType,
    subject: row.subject,
    status: row.status,
    priority: row.priority,
    user_id: row.userId,
    description: row.description,
    progress: row.progress,
    estimated_cpu_cores: row.cpuMillicores / 1000,
    estimated_ram_gb: gigabytes(row.ramMb),
    queue_position: position?.position ?? null,
    wait_reason: position?.reason ?? null,
    user_wait_reason: position?.userReason ?? null,
    wait_kind: position?.kind ?? null,
    estimated_start_at: isoOrNull(position?.estimatedStartAtMs ?? null),
    queued_at: row.queuedAt.toISOString(),
    started_at: row.startedAt?.toISOString() ?? null,
    completed_at: row.completedAt?.toISOString() ?? null,
    attempt: row.attempt,
    max_attempts: row.maxAttempts,
    node_id: row.nodeId,
    run_after: row.runAfter,
    error: row.error,
    cpu_seconds: row.cpuSeconds,
    peak_ram_gb: row.peakRamMb === null ? null : gigabytes(row.peakRamMb),
    can_cancel: isOpen(row.status) && row.cancellable,
    can_retry: row.durable && hasFailed(row.status),
  };
}

/**
 * A task as one viewer may see it: for anybody but admins without the node's name and without figures of the machine.
 *
 * An event of an earlier version has only the sentence with the figures, which is then withheld. What it lacks besides
 * follows from its status.
 *
 * @param resultUrl the path of the task's result; null while there is none
 */
export function viewFor(
  viewer: Pick<Viewer, 'isAdmin'>,
  stored: StoredTaskView,
  resultUrl: string | null,
): TaskView {
  const { user_wait_reason: userWaitReason = null, ...view } = stored;
  return {
    ...view,
    subject: view.subject ?? '',
    wait_reason: viewer.isAdmin ? view.wait_reason : userWaitReason,
    wait_kind: view.wait_kind ?? null,
    node_id: viewer.isAdmin ? view.node_id : null,
    can_cancel: view.can_cancel ?? isOpen(view.status),
    can_retry: view.can_retry ?? hasFailed(view.status),
    result_url: resultUrl,
    log_url: `/api/tasks/${view.task_id}/log`,
  };
}

/** A position in the queue as one viewer may see it, for the event that lists many. */
export function positionFor(viewer: Pick<Viewer, 'isAdmin'>, position: QueuePosition) {
  return {
    queue_position: position.position,
    wait_reason: viewer.isAdmin ? position.reason : position.userReason,
    wait_kind: position.kind,
    estimated_start_at: isoOrNull(position.estimatedStartAtMs),
  };
}

/** Whether a viewer may know that a task exists. */
export function canSee(viewer: Viewer, { userId }: Pick<TaskRow, 'userId'>): boolean {
  return isVisibleTo(viewer, { user_id: userId });
}

function isOpen(status: TaskView['status']): boolean {
  return status === 'queued' || status === 'running';
}

function hasFailed(status: TaskView['status']): boolean {
  return status === 'failed' || status === 'cancelled';
}

function gigabytes(mb: number): number {
  return Math.round((mb / 1024) * 1000) / 1000;
}

function isoOrNull(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
