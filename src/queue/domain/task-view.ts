import type { Task as TaskView } from '@app/contracts';
import type { QueuePosition } from './queue-position.js';
import type { TaskRow } from './task.js';

/** A task as REST and the event stream show it; `position` is given only for a queued one. */
export function taskView(row: TaskRow, position: QueuePosition | null): TaskView {
  return {
    task_id: row.taskId,
    task_type: row.taskType,
    status: row.status,
    priority: row.priority,
    user_id: row.userId,
    description: row.description,
    progress: row.progress,
    estimated_cpu_cores: row.cpuMillicores / 1000,
    estimated_ram_gb: gigabytes(row.ramMb),
    queue_position: position?.position ?? null,
    wait_reason: position?.reason ?? null,
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
  };
}

function gigabytes(mb: number): number {
  return Math.round((mb / 1024) * 1000) / 1000;
}

function isoOrNull(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
