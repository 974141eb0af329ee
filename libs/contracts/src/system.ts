import { z } from 'zod';
import { instant } from './primitives.js';
import { queueStatus, task, taskError, taskStatus } from './tasks.js';

const limitSource = z.enum(['host', 'cgroup-v1', 'cgroup-v2', 'override']);
const percentOrNone = z.number().nullable();

export const nodeRoles = ['all', 'api', 'worker'] as const;
export const nodeRole = z.enum(nodeRoles);
export type NodeRole = z.infer<typeof nodeRole>;

/** The machine as admission sees it; cores and GB (2^30 bytes). Admins only. */
export const resources = z.object({
  cpu: z.object({
    total_cores: z.number(),
    available_cores: z.number(),
    usage_percent: z.number(),
    min_threshold_cores: z.number(),
  }),
  ram: z.object({
    total_gb: z.number(),
    available_gb: z.number(),
    usage_percent: z.number(),
    min_threshold_gb: z.number(),
  }),
  buffer_percent: z.number(),
  pressure: z.object({ cpu: percentOrNone, memory: percentOrNone, io: percentOrNone }),
  limits: z.object({ cpu_source: limitSource, ram_source: limitSource }),
  reserved: z.object({ cpu_cores: z.number(), ram_gb: z.number() }),
});
export type Resources = z.infer<typeof resources>;

export const systemResources = z.object({
  resources: resources.optional(),
  queue: queueStatus,
  is_admin: z.boolean(),
});
export type SystemResources = z.infer<typeof systemResources>;

/** A task's place in the queue as one node sees it. */
export const waitingTask = z.object({
  task_id: z.string(),
  queue_position: z.number().int().nullable(),
  wait_reason: z.string().nullable(),
  estimated_start_at: instant.nullable(),
});
export type WaitingTask = z.infer<typeof waitingTask>;

/** One process of this installation, for admins. */
export const systemNode = z.object({
  node_id: z.string(),
  role: nodeRole,
  version: z.string(),
  host: z.string(),
  /** Seen within the last 20 s. */
  alive: z.boolean(),
  started_at: instant,
  last_seen_at: instant,
  resources,
  running_tasks: z.array(z.object({ task_id: z.string(), task_type: z.string(), user_id: z.string() })),
});
export type SystemNode = z.infer<typeof systemNode>;

export const systemNodes = z.object({ items: z.array(systemNode) });
export type SystemNodes = z.infer<typeof systemNodes>;

const stamped = { timestamp: instant, resources: resources.optional() };

/** Every message of `GET /api/system/task-events`; `resources` reaches admins only. */
export const taskEvent = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('initial_state'),
    data: queueStatus.extend({ recent_tasks: z.array(task), resumed: z.literal(false) }),
    ...stamped,
  }),
  z.object({ type: z.literal('task_queued'), data: task, ...stamped }),
  z.object({ type: z.literal('task_running'), data: task, ...stamped }),
  z.object({
    type: z.literal('task_description_update'),
    data: z.object({ task_id: z.string(), description: z.string(), progress: z.number().nullable() }),
    ...stamped,
  }),
  z.object({
    type: z.literal('task_completed'),
    data: task.extend({ success: z.boolean(), status: taskStatus, error: taskError.nullable() }),
    ...stamped,
  }),
  z.object({
    type: z.literal('queue_positions'),
    data: z.object({
      positions: z.array(waitingTask),
    }),
    ...stamped,
  }),
  z.object({ type: z.literal('heartbeat'), ...stamped }),
]);
export type TaskEventMessage = z.infer<typeof taskEvent>;
