import { Injectable } from '@nestjs/common';
import type { Resources, SystemNode } from '@app/contracts';
import { and, eq, ne, not, or, sql } from 'drizzle-orm';
import type { NodeRole } from '../../config/config.js';
import { Database } from '../../database/database.js';
import { nodes, type NodeWaitingTask } from '../../database/schema.js';
import { TaskReads } from '../storage/task-reads.js';
import { leaseS } from '../storage/task-leases.js';

export type NodeRow = typeof nodes.$inferSelect;

/** What a node says of itself. */
export interface OwnNode {
  readonly nodeId: string;
  /** Of this process: a restarted node is another instance. */
  readonly instance: string;
  readonly role: NodeRole;
  readonly version: string;
  readonly host: string;
  readonly startedAt: Date;
  readonly resources: Resources;
  readonly waiting: NodeWaitingTask[];
}

const isAlive = sql`${nodes.lastSeenAt} > now() - make_interval(secs => ${leaseS})`;

/** The rows of the nodes that share a database. */
@Injectable()
export class NodeTable {
  constructor(private readonly database: Database) {}

  /** Writes a node's row in the place of any earlier one of its name. */
  async join(own: OwnNode): Promise<void> {
    const row = { ...own, lastSeenAt: sql`now()` };
    await this.database.queries
      .insert(nodes)
      .values(row)
      .onConflictDoUpdate({ target: nodes.nodeId, set: row });
  }

  /** Writes a node's row; false when another process that is alive has the name by now. */
  async renew(own: OwnNode): Promise<boolean> {
    const row = { ...own, lastSeenAt: sql`now()` };
    const written = await this.database.queries
      .insert(nodes)
      .values(row)
      .onConflictDoUpdate({
        target: nodes.nodeId,
        set: row,
        setWhere: or(eq(nodes.instance, own.instance), not(isAlive))!,
      })
      .returning({ nodeId: nodes.nodeId });
    return written.length > 0;
  }

  /** The other nodes that are alive. */
  others(nodeId: string): Promise<NodeRow[]> {
    return this.database.queries
      .select()
      .from(nodes)
      .where(and(ne(nodes.nodeId, nodeId), isAlive));
  }

  /** All nodes of the last day and what runs on each, for admins. `own` stands alone on an embedded store. */
  async list(own: OwnNode): Promise<SystemNode[]> {
    const rows = this.database.isShared
      ? await this.database.queries
          .select({ node: nodes, alive: sql<boolean>`${isAlive}` })
          .from(nodes)
          .orderBy(nodes.nodeId)
      : [{ node: { ...own, lastSeenAt: new Date() }, alive: true }];
    const unfinished = await new TaskReads(this.database.queries).unfinished(null);
    const running = unfinished.filter(({ isRunning }) => isRunning);
    return rows.map(({ node, alive }) => ({
      node_id: node.nodeId,
      role: node.role,
      version: node.version,
      host: node.host,
      alive,
      started_at: node.startedAt.toISOString(),
      last_seen_at: node.lastSeenAt.toISOString(),
      resources: node.resources,
      running_tasks: running
        .filter(({ row }) => row.nodeId === node.nodeId)
        .map(({ row }) => ({ task_id: row.taskId, task_type: row.taskType, user_id: row.userId })),
    }));
  }

  /** Removes a node's row, unless another process has the name by now. */
  async leave({ nodeId, instance }: Pick<OwnNode, 'nodeId' | 'instance'>): Promise<void> {
    await this.database.queries
      .delete(nodes)
      .where(and(eq(nodes.nodeId, nodeId), eq(nodes.instance, instance)));
  }

  /** Removes nodes that were not seen for a day. */
  async removeStale(): Promise<void> {
    await this.database.queries.delete(nodes).where(sql`${nodes.lastSeenAt} < now() - interval '1 day'`);
  }
}
