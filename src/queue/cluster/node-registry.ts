import { hostname } from 'node:os';
import { randomUUID } from 'node:crypto';
import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import type { SystemNode } from '@app/contracts';
import {
  infeasibilityReason,
  resourceRequestOf,
  Scheduler,
  type ResourceRequest,
  type WaitKind,
} from '@app/scheduler';
import { Subject } from 'rxjs';
import { Clock } from '../../clock/clock.js';
import { Config, ConfigError } from '../../config/config.js';
import { version } from '../../config/version.js';
import type { Notifications } from '../../database/notifications.js';
import type { NodeWaitingTask } from '../../database/schema.js';
import { ResourceMonitor } from '../../resources/resource-monitor.js';
import type { QueuePosition } from '../domain/queue-position.js';
import { leaseS } from '../storage/task-leases.js';
import { NodeTable, type NodeRow, type OwnNode } from './node-table.js';

const heartbeatMs = 2000;
const namePauseMs = 500;
const maxWaiting = 200;

/** The connection that a node's name is held by: PostgreSQL frees the name with it. */
export type NameLockSession = Pick<Notifications, 'tryAcquireNameLock' | 'connected$'>;

/**
 * The nodes that share the queue. Each writes its row every two seconds: its machine, and why the tasks at the head of
 * the queue do not start on it. With the embedded store there is one.
 */
@Injectable()
export class NodeRegistry implements BeforeApplicationShutdown {
  readonly #logger = new Logger('NodeRegistry');
  readonly #instance = randomUUID();
  readonly #startedAt = new Date();
  readonly #heartbeats = new Subject<void>();
  #others: readonly NodeRow[] = [];
  #waiting: NodeWaitingTask[] = [];
  #isLeaving = false;
  /** Null on the embedded store and before this node has joined. */
  #session: NameLockSession | null = null;
  /** Whether the session holds this node's name: a new connection has to take it again. */
  #holdsName = false;

  /** After the rows of the other nodes were read. */
  readonly heartbeats$ = this.#heartbeats.asObservable();

  constructor(
    private readonly config: Config,
    private readonly table: NodeTable,
    private readonly monitor: ResourceMonitor,
    private readonly scheduler: Scheduler,
    private readonly clock: Clock,
  ) {}

  /** Whether tasks run on this node. */
  get isWorker(): boolean {
    return this.config.role !== 'api';
  }

  /** Whether any node that runs tasks is alive. */
  get hasWorker(): boolean {
    return this.isWorker || this.#workers().length > 0;
  }

  /** Shows the other nodes where the tasks at the head of the queue stand on this one; in the order of the queue. */
  publishPositions(positions: ReadonlyMap<string, QueuePosition>): void {
    this.#waiting = [...positions].slice(0, maxWaiting).map(([taskId, position]) => ({
      task_id: taskId,
      queue_position: position.position,
      wait_kind: position.kind,
      wait_reason: position.reason,
      user_wait_reason: position.userReason,
      estimated_start_at:
        position.estimatedStartAtMs === null ? null : new Date(position.estimatedStartAtMs).toISOString(),
    }));
  }

  /** Where tasks stand on the node that expects to start them first. */
  earliestPositions(here: ReadonlyMap<string, QueuePosition>): Map<string, QueuePosition> {
    if (this.isWorker && this.#workers().length === 0) return new Map(here);
    const elsewhere = this.#positionsElsewhere();
    const unknown = this.hasWorker ? notLookedAt : noWorker;
    return new Map(
      [...here].map(([taskId, position]) => {
        const other = elsewhere.get(taskId);
        if (this.isWorker) return [taskId, other && isSooner(other, position) ? other : position];
        return [taskId, other ?? { ...position, ...unknown }];
      }),
    );
  }

  /** Why no node can ever run a task that asks for this; null when one can, or none is known that runs tasks. */
  infeasibilityReason(requested: ResourceRequest): string | null {
    const reasons = this.#workers().map(({ resources: { cpu, ram } }) =>
      infeasibilityReason(resourceRequestOf(cpu.total_cores, ram.total_gb), requested),
    );
    if (this.isWorker) reasons.push(this.scheduler.infeasibilityReason(requested));
    return reasons.some((reason) => reason === null) ? null : (reasons.at(-1) ?? null);
  }

  /**
   * Joins the other nodes under a name that the session holds from now on. The name of an earlier process that was
   * killed is free with its connection; one that is cut off from PostgreSQL, or stopped, holds it for some time.
   *
   * @throws ConfigError when another process keeps the name for longer than a lease
   */
  async join(session: NameLockSession | null): Promise<void> {
    if (session === null) return;
    await this.#acquireName(session);
    session.connected$.subscribe(() => {
      this.#holdsName = false;
    });
    await this.table.join(this.#own());
    this.#session = session;
    await this.sendHeartbeat();
  }

  @Interval(heartbeatMs)
  async sendHeartbeat(): Promise<void> {
    if (this.#session === null || this.#isLeaving) return;
    const { nodeId } = this.config;
    try {
      if (!this.#holdsName) this.#holdsName = await this.#session.tryAcquireNameLock(nodeId);
      // A name that was lost with the connection may have been taken by another node.
      if (!(await this.table.renew(this.#own()))) this.#shutdownOnNameConflict();
      this.#others = await this.table.others(nodeId);
      this.#heartbeats.next();
    } catch (error) {
      this.#logger.error(`The heartbeat of this node could not be stored: ${String(error)}`);
    }
  }

  /** All nodes of the last day, for admins. */
  list(): Promise<SystemNode[]> {
    return this.table.list(this.#own());
  }

  /** Removes nodes that were not seen for a day. */
  async removeStale(): Promise<void> {
    await this.table.removeStale();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#isLeaving = true;
    if (this.#session === null) return;
    try {
      await this.table.leave({ nodeId: this.config.nodeId, instance: this.#instance });
    } catch (error) {
      this.#logger.warn(`This node stays on the list for a day: ${String(error)}`);
    }
  }

  async #acquireName(session: NameLockSession): Promise<void> {
    const { nodeId } = this.config;
    const deadlineMs = this.clock.monotonicMs() + leaseS * 1000;
    for (let tries = 0; !(await session.tryAcquireNameLock(nodeId)); tries += 1) {
      if (this.clock.monotonicMs() > deadlineMs) {
        throw new ConfigError(
          `HEADROOM_NODE_ID: another node is called ${nodeId} already. Give each node its own name, or stop that one.`,
        );
      }
      if (tries === 0) {
        this.#logger.warn(`Waiting up to ${leaseS} s for another process to release the name ${nodeId}`);
      }
      await this.clock.delay(namePauseMs);
    }
    this.#holdsName = true;
  }

  /** Stops the server as its operator would: two nodes of one name would take each other's tasks for their own. */
  #shutdownOnNameConflict(): void {
    this.#logger.error(
      `Another node is called ${this.config.nodeId} by now: this one stops. Give each node its own HEADROOM_NODE_ID.`,
    );
    this.#isLeaving = true;
    process.kill(process.pid, 'SIGTERM');
  }

  #positionsElsewhere(): Map<string, QueuePosition> {
    const best = new Map<string, QueuePosition>();
    for (const node of this.#workers()) {
      for (const waiting of node.waiting) {
        const position = positionOf(waiting);
        const known = best.get(waiting.task_id);
        if (known === undefined || isSooner(position, known)) best.set(waiting.task_id, position);
      }
    }
    return best;
  }

  #workers(): NodeRow[] {
    return this.#others.filter(({ role }) => role !== 'api');
  }

  #own(): OwnNode {
    return {
      nodeId: this.config.nodeId,
      instance: this.#instance,
      role: this.config.role,
      version,
      host: hostname(),
      startedAt: this.#startedAt,
      resources: this.monitor.resources(),
      waiting: this.#waiting,
    };
  }
}

const notLookedAt = unknownStart('behind', 'Waits for a node that runs tasks to look at it');
const noWorker = unknownStart('no_node', 'No node that runs tasks is connected');

function unknownStart(kind: WaitKind, reason: string) {
  return { kind, reason, userReason: reason, estimatedStartAtMs: null };
}

function positionOf(waiting: NodeWaitingTask): QueuePosition {
  return {
    position: waiting.queue_position ?? 0,
    // A row is only read while its node is alive, so it is of this edition.
    kind: waiting.wait_kind as WaitKind,
    reason: waiting.wait_reason ?? '',
    userReason: waiting.user_wait_reason,
    estimatedStartAtMs: waiting.estimated_start_at === null ? null : Date.parse(waiting.estimated_start_at),
  };
}

function isSooner(one: QueuePosition, other: QueuePosition): boolean {
  return (one.estimatedStartAtMs ?? Infinity) < (other.estimatedStartAtMs ?? Infinity);
}
