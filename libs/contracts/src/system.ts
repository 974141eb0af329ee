import { z } from 'zod';
import { instant } from './primitives.js';
import { queueStatus, task, taskErrorOrNull, taskStatus } from './tasks.js';

const limitSource = z
  .enum(['host', 'cgroup-v1', 'cgroup-v2', 'override'])
  .describe(
    'where the total comes from: the machine, the limit of a cgroup, or the configuration (override)',
  );
const stallPercent = z
  .number()
  .nullable()
  .describe(
    'percent of the last ten seconds in which some process waited for it; null where the kernel does not say',
  );

export const nodeRoles = ['all', 'api', 'worker'] as const;
export const nodeRole = z
  .enum(nodeRoles)
  .describe('api: answers requests and runs no tasks; worker: runs tasks and answers probes; all: both');
export type NodeRole = z.infer<typeof nodeRole>;

/** The machine as admission sees it; cores and GB (2^30 bytes). Admins only. */
export const resources = z.object({
  cpu: z.object({
    total_cores: z.number().describe('cores that the node may use'),
    available_cores: z.number().describe('cores that are free, as measured'),
    usage_percent: z.number().describe('share of the total that is in use, by whomever, 0 to 100'),
    min_threshold_cores: z.number().describe('cores that have to stay free when a task starts'),
  }),
  ram: z
    .object({
      total_gb: z.number().describe('RAM that the node may use'),
      available_gb: z.number().describe('RAM that is free, as measured'),
      usage_percent: z.number().describe('share of the total that is in use, by whomever, 0 to 100'),
      min_threshold_gb: z.number().describe('RAM that has to stay free when a task starts'),
    })
    .describe('in GB of 2^30 bytes'),
  buffer_percent: z.number().describe('share of the cores that has to stay free when a task starts'),
  pressure: z
    .object({ cpu: stallPercent, memory: stallPercent, io: stallPercent })
    .describe('PSI some avg10 of the kernel'),
  limits: z.object({ cpu_source: limitSource, ram_source: limitSource }),
  reserved: z
    .object({ cpu_cores: z.number(), ram_gb: z.number().describe('in GB of 2^30 bytes') })
    .describe('what is held for the running tasks, whether they use it or not'),
  mode: z
    .enum(['production', 'development'])
    .describe('development: relaxed admission, as TRADING_BOT_DEV_MODE asks for'),
  consumption_factor: z
    .number()
    .describe('the share of what a task declares that admission expects it to use'),
});
export type Resources = z.infer<typeof resources>;

export const systemResources = z.object({
  resources: resources.optional().describe('for admins; absent, not null, for everybody else'),
  queue: queueStatus,
  is_admin: z.boolean().describe('whether the caller is an admin'),
});
export type SystemResources = z.infer<typeof systemResources>;

/** A task's place in the queue as one node sees it. */
export const waitingTask = task.pick({
  task_id: true,
  queue_position: true,
  wait_reason: true,
  wait_kind: true,
  estimated_start_at: true,
});
export type WaitingTask = z.infer<typeof waitingTask>;

/** One process of this installation, for admins. */
export const systemNode = z.object({
  node_id: z.string().describe('its name, unique in the installation'),
  role: nodeRole,
  version: z.string().describe('of the server that it runs'),
  host: z.string().describe('the name of its machine'),
  alive: z.boolean().describe('seen within the last 20 s; one that nobody has seen for a day is forgotten'),
  started_at: instant.describe('when its process started'),
  last_seen_at: instant,
  resources,
  running_tasks: z
    .array(z.object({ task_id: z.string(), task_type: z.string(), user_id: z.string() }))
    .describe('of all users'),
});
export type SystemNode = z.infer<typeof systemNode>;

export const systemNodes = z.object({ items: z.array(systemNode) });
export type SystemNodes = z.infer<typeof systemNodes>;

const stamped = {
  timestamp: instant.describe('when it happened'),
  resources: systemResources.shape.resources,
};

/** Beside the credentials, which the guard reads. */
export const streamQuery = z.object({
  last_event_id: z
    .string()
    .max(100)
    .optional()
    .describe(
      'what the Last-Event-ID header says, for an EventSource that is opened with a new ticket; the header counts where both are given',
    ),
});

export type StreamQuery = z.infer<typeof streamQuery>;

/** Every message of `GET /api/system/task-events`; `resources` reaches admins only. */
export const taskEvent = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('initial_state'),
    data: queueStatus.extend({
      recent_tasks: z.array(task).describe('the ten that ended last, the newest first'),
      resumed: z.literal(false).describe('what was missed is not coming: this is the state to go on from'),
      truncated: z
        .boolean()
        .describe(
          'whether more tasks wait or run than are listed; GET /api/system/queue lists them page by page',
        ),
    }),
    ...stamped,
  }),
  z.object({ type: z.literal('task_queued'), data: task, ...stamped }),
  z.object({ type: z.literal('task_running'), data: task, ...stamped }),
  z.object({
    type: z.literal('task_description_update'),
    data: task.pick({ task_id: true, description: true, progress: true }),
    ...stamped,
  }),
  z.object({
    type: z.literal('task_completed'),
    data: task.extend({
      success: z.boolean().describe('whether it completed; false: it failed or was cancelled'),
      status: taskStatus,
      error: taskErrorOrNull,
    }),
    ...stamped,
  }),
  z.object({
    type: z.literal('queue_positions'),
    data: z.object({
      positions: z.array(waitingTask).describe('of those whose place or reason has changed'),
    }),
    ...stamped,
  }),
  z.object({
    type: z.literal('queue_state'),
    data: queueStatus.pick({ paused: true }),
    ...stamped,
  }),
  z.object({ type: z.literal('heartbeat'), ...stamped }),
]);
export type TaskEventMessage = z.infer<typeof taskEvent>;
