import { Injectable } from '@nestjs/common';
import type { Waiting } from '@app/scheduler';
import { Clock } from '../../clock/clock.js';
import { NodeRegistry } from '../cluster/node-registry.js';
import type { QueuePosition } from '../domain/queue-position.js';
import type { Task } from '../domain/task.js';
import { TaskEvents } from '../domain/task-events.js';
import type { NewTask } from '../storage/task-writes.js';
import { QueueMirror } from './queue-mirror.js';

const publishIntervalMs = 1000;
const updateIntervalMs = 1000;
/** Up to so many, every cycle says why each of them waits. */
const smallQueue = 500;

/** A queued task and where it stands. */
export interface PlacedTask {
  readonly taskId: string;
  readonly position: QueuePosition;
}

/** Where each queued task stands and why it waits, as the newest cycle of this node or of another one found. */
@Injectable()
export class QueuePositions {
  #positions = new Map<string, QueuePosition>();
  #published = new Map<string, QueuePosition>();
  #publishedMs = Number.NEGATIVE_INFINITY;
  #updatedMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly nodes: NodeRegistry,
    private readonly mirror: QueueMirror,
    private readonly events: TaskEvents,
    private readonly clock: Clock,
  ) {}

  of(taskId: string): QueuePosition | null {
    return this.#positions.get(taskId) ?? null;
  }

  /** Where the queued tasks of a user stand, or (null) those of all users, in the order of the queue. */
  inOrder(userId: string | null): PlacedTask[] {
    const placed: PlacedTask[] = [];
    for (const [taskId, position] of this.#positions) {
      const task = this.mirror.get(taskId);
      if (task !== null && (userId === null || task.row.userId === userId)) placed.push({ taskId, position });
    }
    return placed.sort((a, b) => a.position.position - b.position.position);
  }

  /** To say why each of thousands waits costs far more than to choose which of them start. */
  isUpdateDue(queueLength: number): boolean {
    return queueLength <= smallQueue || this.clock.monotonicMs() - this.#updatedMs >= updateIntervalMs;
  }

  /**
   * Takes over what a cycle found.
   *
   * @param waiting in the order of the queue
   * @param held those that wait for another task to complete; they come last
   */
  update(waiting: readonly Waiting[], held: readonly Task[]): void {
    this.#updatedMs = this.clock.monotonicMs();
    const positions = new Map<string, QueuePosition>();
    for (const { id, kind, reason, userReason, estimatedStartAtMs } of waiting) {
      const position = positions.size + 1;
      const wait = kind === 'behind' ? behind(positions.size) : { kind, reason, userReason };
      positions.set(id, { position, ...wait, estimatedStartAtMs: this.#databaseTime(estimatedStartAtMs) });
    }
    for (const { id, row } of held) positions.set(id, lastPosition(row, positions.size));
    this.nodes.publishPositions(positions);
    this.#positions = this.nodes.earliestPositions(positions);
  }

  /** Gives a new task the position that the cycle which took it in found, else the last one. */
  add(row: Pick<NewTask, 'taskId' | 'runAfter'>): QueuePosition {
    const position = this.of(row.taskId) ?? lastPosition(row, this.mirror.size);
    this.#positions.set(row.taskId, position);
    return position;
  }

  /** The scheduler counts by this process's clock; what people and other nodes are told is by the database's. */
  #databaseTime(steadyMs: number | null): number | null {
    return steadyMs === null ? null : steadyMs + this.mirror.clockOffsetMs;
  }

  /** Tells the event stream about positions that have changed, at most once a second. */
  publishPositions(): void {
    const nowMs = this.clock.monotonicMs();
    if (nowMs - this.#publishedMs < publishIntervalMs) return;
    const changed = new Map<string, { userId: string; position: QueuePosition }>();
    for (const [taskId, position] of this.#positions) {
      const task = this.mirror.get(taskId);
      if (task !== null && hasChanged(this.#published.get(taskId), position)) {
        changed.set(taskId, { userId: task.row.userId, position });
      }
    }
    if (changed.size === 0) return;
    this.#publishedMs = nowMs;
    this.#published = new Map(this.#positions);
    this.events.publish({ type: 'queue_positions', positions: changed });
  }
}

function hasChanged(before: QueuePosition | undefined, now: QueuePosition): boolean {
  return before?.position !== now.position || before.reason !== now.reason || before.kind !== now.kind;
}

/** Of a task that waits for another one, or whose place in a long queue is not known yet. */
function lastPosition({ runAfter }: Pick<NewTask, 'runAfter'>, tasksAhead: number): QueuePosition {
  const wait = runAfter === null ? behind(tasksAhead) : forDependency(runAfter);
  return { position: tasksAhead + 1, ...wait, estimatedStartAtMs: null };
}

type Wait = Pick<QueuePosition, 'kind' | 'reason' | 'userReason'>;

function forDependency(taskId: string): Wait {
  return sameForAll('dependency', `Waits for task ${taskId} to complete`);
}

/** Without the shards that the scheduler counts: a person sees tasks only. */
function behind(tasksAhead: number): Wait {
  if (tasksAhead === 0) return sameForAll('behind', 'Behind the shards of running tasks');
  return sameForAll('behind', `Behind ${tasksAhead === 1 ? '1 task' : `${tasksAhead} tasks`} in the queue`);
}

function sameForAll(kind: Wait['kind'], reason: string): Wait {
  return { kind, reason, userReason: reason };
}
