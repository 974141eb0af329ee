import { hostname } from 'node:os';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import type { SystemNode, WaitingTask } from '@app/contracts';
import { resourceRequestOf, infeasibilityReason, Scheduler, type ResourceRequest } from '@app/scheduler';
import { and, eq, ne, not, or, sql, type SQL } from 'drizzle-orm';
import { Subject } from 'rxjs';
import { Config, ConfigError } from '../../config/config.js';
import { Database } from '../../database/database.js';
import type { Notifications } from '../../database/notifications.js';
import { nodes } from '../../database/schema.js';
import { version } from '../../config/version.js';
import { ResourceMonitor } from '../../resources/resource-monitor.js';
import { TaskReads } from '../storage/task-reads.js';
import { leaseS } from '../storage/task-writes.js';
import type { Placement } from '../domain/task.js';

type NodeRow = typeof nodes.$inferSelect;

const beatMs = 2000;
const namePauseMs = 500;
const mostWaiting = 200;

/**
 * The nodes that share the queue. Each writes a row of its own every two seconds: its machine, and why
 * the tasks at the head of the queue do not start on it. With the embedded store there is one.
 */
@Injectable()
export class Nodes implements BeforeApplicationShutdown {
  readonly #logger = new Logger('Nodes');
  readonly #instance = randomUUID();
  readonly #startedAt = new Date();
  readonly #beaten = new Subject<void>();
  #others: readonly NodeRow[] = [];
  #waiting: readonly WaitingTask[] = [];
  #isLeaving = false;
  /** Holds this node's name; null on the embedded store. */
  #session: Notifications | null = null;
  /** Whether the session that stands now does. */
  #isNamed = false;

  /** After the others were looked at. */
  readonly beaten$ = this.#beaten.asObservable();

  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly monitor: ResourceMonitor,
    private readonly scheduler: Scheduler,
  ) {}

  /** Whether tasks run on this node. */
  get isWorker(): boolean {
    return this.config.role !== 'api';
  }

  /** Whether any node that runs tasks lives. */
  get hasWorker(): boolean {
    return this.isWorker || this.#workers().length > 0;
  }

  /** Tells the other nodes where the tasks at the head of the queue stand on this one. */
  showWaiting(placements: ReadonlyMap<string, Placement>): void {
    this.#waiting = [...placements].slice(0, mostWaiting).map(([task_id, placement]) => ({
      task_id,
      queue_position: placement.position,
      wait_reason: placement.reason,
      estimated_start_at:
        placement.estimatedStartAtMs === null ? null : new Date(placement.estimatedStartAtMs).toISOString(),
    }));
  }

  /** Where tasks stand on the node that expects to start them first. */
  soonest(here: ReadonlyMap<string, Placement>): Map<string, Placement> {
    if (this.isWorker && this.#workers().length === 0) return new Map(here);
    const elsewhere = this.#placementsElsewhere();
    const nowhere = this.hasWorker
      ? 'Waits for a node that runs tasks to look at it'
      : 'No node that runs tasks is connected';
    return new Map(
      [...here].map(([taskId, placement]) => {
        const other = elsewhere.get(taskId);
        if (this.isWorker) return [taskId, other && isSooner(other, placement) ? other : placement];
        return [taskId, other ?? { ...placement, reason: nowhere, estimatedStartAtMs: null }];
      }),
    );
  }

  #placementsElsewhere(): Map<string, Placement> {
    const best = new Map<string, Placement>();
    for (const node of this.#workers()) {
      for (const waiting of node.waiting) {
        const placement = {
          position: waiting.queue_position ?? 0,
          reason: waiting.wait_reason ?? '',
          estimatedStartAtMs:
            waiting.estimated_start_at === null ? null : Date.parse(waiting.estimated_start_at),
        };
        const known = best.get(waiting.task_id);
        if (known === undefined || isSooner(placement, known)) best.set(waiting.task_id, placement);
      }
    }
    return best;
  }

  /** Why no node can ever run a task that declares this; null when one can, or none is known that runs tasks. */
  neverFits(declared: ResourceRequest): string | null {
    const reasons = this.#workers().map(({ resources }) =>
      infeasibilityReason(resourceRequestOf(resources.cpu.total_cores, resources.ram.total_gb), declared),
    );
    if (this.isWorker) reasons.push(this.scheduler.infeasibilityReason(declared));
    return reasons.some((reason) => reason === null) ? null : (reasons.at(-1) ?? null);
  }

  /**
   * Becomes one of the nodes, under a name that its session holds from now on. That of a predecessor which was killed
   * is free with its session; one that is cut off from PostgreSQL, or stopped, holds it for some time yet.
   *
   * @throws ConfigError when another process keeps the name
   */
  async join(session: Notifications | null): Promise<void> {
    if (session === null) return;
    const { nodeId } = this.config;
    const deadline = Date.now() + leaseS * 1000;
    for (let waits = false; !(await session.hold(nodeId)); waits = true) {
      if (Date.now() > deadline) {
        throw new ConfigError(
          `HEADROOM_NODE_ID: another node is called ${nodeId} already. Give each node a name of its own, or stop that one.`,
        );
      }
      if (!waits)
        this.#logger.warn(`Waits up to ${leaseS} s for another process to let go of the name ${nodeId}`);
      await delay(namePauseMs);
    }
    this.#isNamed = true;
    session.connected$.subscribe(() => {
      this.#isNamed = false;
    });
    await this.#write(sql`true`);
    this.#session = session;
    await this.beat();
  }

  @Interval(beatMs)
  async beat(): Promise<void> {
    if (this.#session === null || this.#isLeaving) return;
    try {
      if (!this.#isNamed) this.#isNamed = await this.#session.hold(this.config.nodeId);
      // A name that was lost with the database for a moment may be another node's by now.
      if (!(await this.#write(or(eq(nodes.instance, this.#instance), not(isAlive))!))) this.#yield();
      this.#others = await this.database.queries
        .select()
        .from(nodes)
        .where(and(ne(nodes.nodeId, this.config.nodeId), isAlive));
      this.#beaten.next();
    } catch (error) {
      this.#logger.error(`The other nodes could not be told of this one: ${String(error)}`);
    }
  }

  /** Writes this node's row; false when there is one of the same name that may not be replaced. */
  async #write(mayReplace: SQL): Promise<boolean> {
    const row = { ...this.#own(), lastSeenAt: sql`now()`, waiting: [...this.#waiting] };
    const written = await this.database.queries
      .insert(nodes)
      .values(row)
      .onConflictDoUpdate({ target: nodes.nodeId, set: row, setWhere: mayReplace })
      .returning({ nodeId: nodes.nodeId });
    return written.length > 0;
  }

  /** Stops the server as its operator would: of two nodes of one name, each would take the other's word for its own. */
  #yield(): void {
    this.#logger.error(
      `Another node is called ${this.config.nodeId} by now: this one stops. Give each a HEADROOM_NODE_ID of its own.`,
    );
    this.#isLeaving = true;
    process.kill(process.pid, 'SIGTERM');
  }

  /** All nodes of the last day, for admins. */
  async list(): Promise<SystemNode[]> {
    const rows = this.database.isShared
      ? await this.database.queries
          .select({ node: nodes, alive: sql<boolean>`${isAlive}` })
          .from(nodes)
          .orderBy(nodes.nodeId)
      : [{ node: { ...this.#own(), lastSeenAt: new Date() }, alive: true }];
    const running = (await new TaskReads(this.database.queries).unfinished(null)).filter(
      ({ isRunning }) => isRunning,
    );
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

  /** Forgets nodes that nobody has seen for a day. */
  async forgetOld(): Promise<void> {
    await this.database.queries.delete(nodes).where(sql`${nodes.lastSeenAt} < now() - interval '1 day'`);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#isLeaving = true;
    if (!this.database.isShared) return;
    try {
      await this.database.queries
        .delete(nodes)
        .where(and(eq(nodes.nodeId, this.config.nodeId), eq(nodes.instance, this.#instance)));
    } catch (error) {
      this.#logger.warn(`This node stays on the list for a day: ${String(error)}`);
    }
  }

  #workers(): NodeRow[] {
    return this.#others.filter(({ role }) => role !== 'api');
  }

  #own() {
    return {
      nodeId: this.config.nodeId,
      instance: this.#instance,
      role: this.config.role,
      version,
      host: hostname(),
      startedAt: this.#startedAt,
      resources: this.monitor.resources(),
    };
  }
}

const isAlive = sql`${nodes.lastSeenAt} > now() - make_interval(secs => ${leaseS})`;

function isSooner(one: Placement, other: Placement): boolean {
  return (one.estimatedStartAtMs ?? Infinity) < (other.estimatedStartAtMs ?? Infinity);
}
