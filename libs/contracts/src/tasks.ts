import { z } from 'zod';
import { dateForms, dateOrInstant, instant, pageQuery } from './primitives.js';

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

/** The kinds of reasons that this version gives; programs have to accept further ones. */
export const waitKinds = [
  'cpu',
  'ram',
  'behind',
  'held_back',
  'exclusive',
  'pressure',
  'paused',
  'dependency',
  'retry_delay',
  'user_limit',
  'no_node',
  'starting',
] as const;

/** One task as REST and the event stream show it. */
export const task = z.object({
  task_id: z.string(),
  task_type: taskType,
  subject: z
    .string()
    .describe('what it is, for people; stays as it is while the description follows the progress'),
  status: taskStatus,
  priority: z
    .number()
    .int()
    .describe('−100 to 100, higher runs sooner; a step is worth ten minutes of waiting'),
  user_id: z.string().describe('whose task it is'),
  description: z.string().describe('what it does while it runs, or what came of it, for people'),
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
    .describe(
      'why it does not start yet, a sentence for people; null unless queued. Only admins see figures of the machine in it',
    ),
  wait_kind: z
    .string()
    .nullable()
    .describe(
      `why it does not start yet, a word for programs; null unless queued. One of ${waitKinds.join(', ')}, or one ` +
        'that a later version adds',
    ),
  estimated_start_at: instant
    .nullable()
    .describe('when it is expected to start; null unless queued, and where no forecast is possible'),
  queued_at: instant.describe('when it was submitted, or retried'),
  started_at: instant.nullable().describe('when the attempt started; null before'),
  completed_at: instant.nullable().describe('when it completed, failed or was cancelled; null before'),
  attempt: z.number().int().describe('which attempt this is, from 1'),
  max_attempts: z
    .number()
    .int()
    .describe('attempts that the server makes by itself after a lost node or a lack of memory'),
  node_id: z
    .string()
    .nullable()
    .describe(
      'the node that runs it or ran it, for admins; null before the attempt starts, and for other users',
    ),
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
  can_cancel: z
    .boolean()
    .describe('whether it can be cancelled: it waits or runs, and is no function that takes no abort signal'),
  can_retry: z
    .boolean()
    .describe(
      'whether it can be retried: it failed or was cancelled, and was no function of a server process',
    ),
  result_url: z
    .string()
    .nullable()
    .describe('the path of its result; null while there is none, and for types that have none'),
  log_url: z.string().describe('the path of what its processes printed'),
});
export type Task = z.infer<typeof task>;

/** One attempt at a task, in the order of their numbers. */
export const taskAttempt = z.object({
  attempt: z.number().int().describe('its number, from 1'),
  node_id: z
    .string()
    .nullable()
    .describe('the node that ran it, for admins; null where none had it, and for other users'),
  started_at: instant.nullable().describe('when it started; null when it ended before that'),
  ended_at: instant.nullable().describe('when it ended; null while it runs'),
  end: z
    .string()
    .nullable()
    .describe(
      'how it ended: completed, failed, cancelled, requeued (it is tried again), lost (its node was gone) or ' +
        'ended_by_admin; others may be added. Null while it runs',
    ),
  error: taskError.nullable().describe('what ended it; null when it completed, and while it runs'),
});
export type TaskAttempt = z.infer<typeof taskAttempt>;

/** One task with the attempts at it. */
export const taskDetail = task.extend({
  attempts: z
    .array(taskAttempt)
    .describe(
      'the attempts that have started, the first one first; those before an upgrade from 0.1 are missing',
    ),
});
export type TaskDetail = z.infer<typeof taskDetail>;

export const priority = z.number().int().min(-100).max(100);
export const taskPatch = z.strictObject({
  priority: priority.describe('−100 to 100, higher runs sooner; users may only lower it, to 0 or below'),
});
export type TaskPatch = z.infer<typeof taskPatch>;

/** Which tasks are meant; a condition that is left out holds for all. */
const taskFilter = {
  status: taskStatus.optional().describe('only tasks of this status'),
  task_type: taskType.optional().describe(`only tasks of this type, such as ${builtInTaskTypes.join(', ')}`),
  user_id: z
    .string()
    .min(1)
    .max(64)
    .optional()
    .describe('only tasks of this user, for admins; other users see their own tasks in any case'),
  q: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .optional()
    .describe(
      'only tasks whose subject holds this text, in letters of either case, or whose id begins with it',
    ),
  since: dateOrInstant
    .optional()
    .describe(`only tasks that were submitted, or retried, at this time or later: ${dateForms}`),
  until: dateOrInstant
    .optional()
    .describe(`only tasks that were submitted, or retried, before this time: ${dateForms}`),
};

export const taskListQuery = z.strictObject({ ...pageQuery, ...taskFilter });
export type TaskListQuery = z.infer<typeof taskListQuery>;

/** The most tasks that one bulk command changes. */
export const maxBulkTasks = 1000;

/** Which tasks a bulk command is for: those with these ids, or those that a filter matches. */
export const taskSelection = z
  .strictObject({
    task_ids: z
      .array(z.string().min(1).max(128))
      .min(1)
      .max(maxBulkTasks)
      .optional()
      .describe(`the ids of the tasks, 1 to ${maxBulkTasks}; a list of ids excludes all filters`),
    ...taskFilter,
  })
  .refine(({ task_ids, ...filter }) => task_ids === undefined || Object.keys(filter).length === 0, {
    path: ['task_ids'],
    message: 'excludes all filters: give either the ids or filters',
  });
export type TaskSelection = z.infer<typeof taskSelection>;

export const bulkResult = z.object({
  matched: z
    .number()
    .int()
    .describe(`how many tasks were meant, those beyond the first ${maxBulkTasks} included`),
  done: z.number().int().describe('for how many of them the command was carried out'),
  skipped: z
    .array(
      z.object({
        task_id: z.string(),
        code: z.string().describe('why it was not, as the command for this task alone would be answered'),
      }),
    )
    .describe('those for which it was not'),
});
export type BulkResult = z.infer<typeof bulkResult>;

export const taskLogQuery = z.strictObject({
  attempt: z.coerce
    .number()
    .int()
    .min(1)
    .max(2 ** 31 - 1)
    .optional()
    .describe('which attempt, from 1; the newest when left out'),
});
export type TaskLogQuery = z.infer<typeof taskLogQuery>;

/** Who looks at tasks: an admin sees everyone's, a user only their own. */
export interface Viewer {
  readonly userId: string;
  readonly isAdmin: boolean;
}

/** The one rule of visibility, for REST, snapshots, replay and the live stream alike. */
export function isVisibleTo(viewer: Viewer, owned: { readonly user_id: string }): boolean {
  return viewer.isAdmin || owned.user_id === viewer.userId;
}

/** How many tasks a list of the queue holds when nothing is asked for, and at most. */
export const queuePageSize = { default: 200, max: 1000 } as const;

export const queueQuery = z.strictObject({
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(queuePageSize.max)
    .default(queuePageSize.default)
    .describe(
      `how many tasks each of the two lists holds at most, 1 to ${queuePageSize.max}; ${queuePageSize.default} when left out`,
    ),
  cursor: z
    .string()
    .min(1)
    .max(400)
    .optional()
    .describe('next_cursor of the page before, as it came; the first page when left out'),
});
export type QueueQuery = z.infer<typeof queueQuery>;

/** `queue` of the API: for a non-admin it holds and counts their own tasks only. */
export const queueStatus = z.object({
  paused: z.boolean().describe('an admin has paused the queue: what runs goes on, nothing starts'),
  queued_count: z.number().int().describe('how many wait, listed here or not; for admins, of all users'),
  running_count: z.number().int().describe('how many run, listed here or not; for admins, of all users'),
  queued_tasks: z.array(task).describe('one page, in the order of their places in the queue'),
  running_tasks: z.array(task).describe('one page; the task that was submitted first comes first'),
  next_cursor: z
    .string()
    .nullable()
    .describe('for ?cursor= of the next page of both lists; null when both have ended'),
  overdue_functions: z
    .array(z.string())
    .optional()
    .describe(
      'for admins: tasks of the answering node that have ended while their function goes on in its process, and holds its resources; absent when there is none',
    ),
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
/** How many tasks there are of each status. */
export const taskCounts = z.object({
  queued: z.number().int(),
  running: z.number().int(),
  completed: z.number().int(),
  failed: z.number().int(),
  cancelled: z.number().int(),
} satisfies Record<TaskStatus, z.ZodType>);
export type TaskCounts = z.infer<typeof taskCounts>;

export const systemSummary = z.object({
  counts: taskCounts.describe(
    'how many tasks there are of each status: of all users for admins, else of the caller',
  ),
  by_user: z
    .array(z.object({ user_id: z.string(), counts: taskCounts.describe('those of this user') }))
    .optional()
    .describe('the same for each user that has tasks, for admins; absent for other users'),
});
export type SystemSummary = z.infer<typeof systemSummary>;
