import { sql } from 'drizzle-orm';
import type { Queries } from '../../database/queries.js';

/** An attempt at a task. */
export interface AttemptRef {
  readonly taskId: string;
  readonly attempt: number;
}

/** How long a node may be silent before its tasks are taken from it, in seconds. */
export const leaseS = 20;

/** When a lease that is taken now expires, by the database's clock: as text, and for Drizzle's statements. */
export const leaseEndText = `now() + make_interval(secs => ${leaseS})`;
export const leaseEnd = sql.raw(leaseEndText);

/**
 * Renews the leases of a node's attempts and of their shards.
 *
 * A row that another statement has locked is passed over: that statement changes it just now, and waiting for it
 * could end in a deadlock. The next renewal comes long before the lease expires.
 *
 * @returns by task, the attempts that still are the node's, and whether their cancellation was requested
 */
export async function renewLeases(
  queries: Queries,
  nodeId: string,
  attempts: readonly AttemptRef[],
): Promise<Map<string, { cancelRequested: boolean }>> {
  if (attempts.length === 0) return new Map();
  const ids = sql.param(attempts.map(({ taskId }) => taskId));
  const { rows } = await queries.execute<{ taskId: string; cancelRequested: boolean }>(sql`
    with asked as (
      select * from jsonb_to_recordset(${JSON.stringify(attempts)}::jsonb) as a("taskId" text, attempt int)
    ), held as (
      select t.task_id from tasks t join asked a on a."taskId" = t.task_id and a.attempt = t.attempt
        where t.task_id = any(${ids}) and t.status = 'running' and t.node_id = ${nodeId}
        for update of t skip locked
    ), renewed as (
      update tasks t set lease_expires_at = ${leaseEnd} from held h where t.task_id = h.task_id
    ), held_shards as (
      select s.task_id, s.index from task_shards s
        where s.task_id = any(${ids}) and s.status = 'running' and s.node_id = ${nodeId}
        for update skip locked
    ), renewed_shards as (
      update task_shards s set lease_expires_at = ${leaseEnd} from held_shards h
        where s.task_id = h.task_id and s.index = h.index
    )
    select t.task_id as "taskId", t.cancel_requested as "cancelRequested"
      from tasks t join asked a on a."taskId" = t.task_id and a.attempt = t.attempt
      where t.task_id = any(${ids}) and t.status = 'running' and t.node_id = ${nodeId}`);
  return new Map(rows.map(({ taskId, cancelRequested }) => [taskId, { cancelRequested }]));
}
