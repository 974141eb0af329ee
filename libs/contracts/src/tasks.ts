import { z } from 'zod';
import { instant, pageQuery } from './primitives.js';

/** The built-in types; a plug-in module may register further ones. */
export const builtInTaskTypes = [
  'backtest',
  'model_training',
  'prediction',
  'optimization',
  'data_import',
] as const;
export const taskType = z.string().regex(/^[a-z][a-z0-9_]{0,39}$/);

export const taskStatuses = ['queued', 'running', 'completed', 'failed', 'cancelled'] as const;
export const taskStatus = z.enum(taskStatuses);
export type TaskStatus = z.infer<typeof taskStatus>;

export const taskError = z.object({ code: z.string(), message: z.string() });
export type TaskError = z.infer<typeof taskError>;

/** One task as REST and the event stream show it. */
export const task = z.object({
  task_id: z.string(),
  task_type: taskType,
  status: taskStatus,
  priority: z.number().int(),
  user_id: z.string(),
  description: z.string(),
  progress: z.number().min(0).max(1).nullable(),
  estimated_cpu_cores: z.number(),
  estimated_ram_gb: z.number(),
  queue_position: z.number().int().nullable(),
  wait_reason: z.string().nullable(),
  estimated_start_at: instant.nullable(),
  queued_at: instant,
  started_at: instant.nullable(),
  completed_at: instant.nullable(),
  attempt: z.number().int(),
  max_attempts: z.number().int(),
  node_id: z.string().nullable(),
  /** The task that has to complete before this one may start. */
  run_after: z.string().nullable(),
  error: taskError.nullable(),
  cpu_seconds: z.number().nullable(),
  peak_ram_gb: z.number().nullable(),
});
export type Task = z.infer<typeof task>;

export const priority = z.number().int().min(-100).max(100);
export const taskPatch = z.strictObject({ priority });
export type TaskPatch = z.infer<typeof taskPatch>;

export const taskListQuery = z.strictObject({
  ...pageQuery,
  status: taskStatus.optional(),
  task_type: taskType.optional(),
  user_id: z.string().min(1).max(64).optional(),
});
export type TaskListQuery = z.infer<typeof taskListQuery>;

/** Who looks at tasks: an admin sees everyone's, a user only their own. */
export interface Viewer {
  readonly userId: string;
  readonly isAdmin: boolean;
}

/** The one rule of visibility, for REST, snapshots, replay and the live stream alike. */
export function isVisibleTo(viewer: Viewer, owned: { readonly user_id: string }): boolean {
  return viewer.isAdmin || owned.user_id === viewer.userId;
}

/** `queue` of the API: for a non-admin it holds and counts their own tasks only. */
export const queueStatus = z.object({
  /** An admin has paused the queue: what runs goes on, nothing starts. */
  paused: z.boolean(),
  queued_count: z.number().int(),
  running_count: z.number().int(),
  queued_tasks: z.array(task),
  running_tasks: z.array(task),
});
export type QueueStatus = z.infer<typeof queueStatus>;
