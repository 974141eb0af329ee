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
export const taskType = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,39}$/)
  .describe(`${builtInTaskTypes.join(', ')}, or a type that a plug-in module registers`);

export const taskStatuses = ['queued', 'running', 'completed', 'failed', 'cancelled'] as const;
export const taskStatus = z
  .enum(taskStatuses)
  .describe('from queued to running to completed, failed or cancelled; a retry leads back to queued');
export type TaskStatus = z.infer<typeof taskStatus>;

export const taskError = z.object({
  code: z.string().describe('a stable word for programs, such as OUT_OF_MEMORY, or one of the type of task'),
  message: z.string().describe('a sentence for people'),
});
export type TaskError = z.infer<typeof taskError>;

/** The status of a task that was accepted just now. */
export const acceptedStatus = z
  .enum(['running', 'queued'])
  .describe('running: its task has started; queued: it waits for its turn');

/** What went wrong with the task behind something. */
export const taskErrorOrNull = taskError
  .nullable()
  .describe('why the task failed or was cancelled; null otherwise');

/** One task as REST and the event stream show it. */
export const task = z.object({
  task_id: z.string(),
  task_type: taskType,
  status: taskStatus,
  priority: z
    .number()
    .int()
    .describe('−100 to 100, higher runs sooner; a step is worth ten minutes of waiting'),
  user_id: z.string().describe('whose task it is'),
  description: z.string().describe('what it is, what it does while it runs, or what came of it, for people'),
  progress: z.number().min(0).max(1).nullable().describe('share that is done, 0 to 1; null where unknown'),
  estimated_cpu_cores: z.number().describe('cores that it is declared to need'),
  estimated_ram_gb: z.number().describe('RAM that it is declared to need, in GB of 2^30 bytes'),
  queue_position: z
    .number()
    .int()
    .nullable()
    .describe('place in the whole queue, from 1; null unless queued'),
  wait_reason: z
    .string()
    .nullable()
    .describe('why it does not start yet, a sentence with figures; null unless queued'),
  estimated_start_at: instant
    .nullable()
    .describe('when it is expected to start; null unless queued, and where nobody can tell'),
  queued_at: instant.describe('when it was submitted, or retried'),
  started_at: instant.nullable().describe('when the attempt started; null before'),
  completed_at: instant.nullable().describe('when it completed, failed or was cancelled; null before'),
  attempt: z.number().int().describe('which attempt this is, from 1'),
  max_attempts: z
    .number()
    .int()
    .describe('attempts that the server makes by itself after a lost node or a lack of memory'),
  node_id: z.string().nullable().describe('the node that runs it or ran it; null before the attempt starts'),
  run_after: z
    .string()
    .nullable()
    .describe('the task that has to complete before this one may start; null for none'),
  error: taskErrorOrNull,
  cpu_seconds: z
    .number()
    .nullable()
    .describe('CPU time that it took; null until it has ended, and where it was too short to be measured'),
  peak_ram_gb: z
    .number()
    .nullable()
    .describe('most RAM that it held, in GB of 2^30 bytes; null as cpu_seconds is'),
});
export type Task = z.infer<typeof task>;

export const priority = z.number().int().min(-100).max(100);
export const taskPatch = z.strictObject({
  priority: priority.describe('−100 to 100, higher runs sooner; users may only lower it, to 0 or below'),
});
export type TaskPatch = z.infer<typeof taskPatch>;

export const taskListQuery = z.strictObject({
  ...pageQuery,
  status: taskStatus.optional().describe('only tasks of this status; all when left out'),
  task_type: taskType
    .optional()
    .describe(`only tasks of this type, such as ${builtInTaskTypes.join(', ')}; all when left out`),
  user_id: z
    .string()
    .min(1)
    .max(64)
    .optional()
    .describe(
      'only tasks of this user. Filters for admins, who see those of all users when it is left out; ' +
        'without effect for anybody else',
    ),
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
  paused: z.boolean().describe('an admin has paused the queue: what runs goes on, nothing starts'),
  queued_count: z.number().int().describe('how many wait; of the own tasks, but for admins'),
  running_count: z.number().int().describe('how many run; of the own tasks, but for admins'),
  queued_tasks: z.array(task).describe('in the order of their places in the queue'),
  running_tasks: z.array(task).describe('the one that was submitted first comes first'),
});
export type QueueStatus = z.infer<typeof queueStatus>;

/** A task of a type that a plug-in offers to users. */
export const taskSubmission = z.strictObject({
  task_type: taskType.describe('a type that a plug-in offers to users'),
  payload: z.record(z.string(), z.unknown()).describe('what the task works on, as its type defines it'),
  priority: priority
    .max(0)
    .default(0)
    .describe('of the task in the queue, −100 to 0; higher runs sooner. 0 when left out'),
});
export type TaskSubmission = z.infer<typeof taskSubmission>;

export const taskAccepted = z.object({
  status: acceptedStatus,
  task_id: z.string().describe('the id of the task'),
  message: z.string().describe('a sentence for people'),
});
