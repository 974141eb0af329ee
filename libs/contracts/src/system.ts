import { z } from 'zod';
import { instant } from './primitives.js';
import { queueStatus, task, taskError, taskStatus } from './tasks.js';

const limitSource = z.enum(['host', 'cgroup-v1', 'cgroup-v2', 'override']);
const percentOrNone = z.number().nullable();

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
      positions: z.array(
        z.object({
          task_id: z.string(),
          queue_position: z.number().int().nullable(),
          wait_reason: z.string().nullable(),
          estimated_start_at: instant.nullable(),
        }),
      ),
    }),
    ...stamped,
  }),
  z.object({ type: z.literal('heartbeat'), ...stamped }),
]);
export type TaskEventMessage = z.infer<typeof taskEvent>;
