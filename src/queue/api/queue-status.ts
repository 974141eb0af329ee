import { Injectable } from '@nestjs/common';
import {
  queuePageSize,
  taskStatuses,
  type QueueQuery,
  type QueueStatus,
  type SystemSummary,
  type Task as TaskView,
  type Viewer,
} from '@app/contracts';
import { fittingItems, jsonBytes, maxPageBytes } from '../../http/page-size.js';
import type { QueuePosition } from '../domain/queue-position.js';
import type { Task } from '../domain/task.js';
import { LocalExecutor } from '../execution/local-executor.js';
import { QueuePositions, type PlacedTask } from '../scheduling/queue-positions.js';
import { SchedulerState } from '../scheduling/scheduler-state.js';
import { noTasks, QueueSnapshots, type QueueReads } from '../storage/queue-reads.js';
import {
  decodeQueueCursor,
  encodeQueueCursor,
  queueStart,
  type QueueCursor,
  type QueuedEnd,
} from './queue-cursor.js';
import { TaskViews } from './task-views.js';

const recentTasks = 10;

/** The state that an event stream begins with. */
export interface InitialState {
  /** Sequence number of the last event before it. */
  readonly sequence: number;
  readonly data: QueueStatus & {
    readonly recent_tasks: TaskView[];
    readonly resumed: false;
    readonly truncated: boolean;
  };
}

interface QueuedEntry {
  readonly task: Task;
  readonly position: QueuePosition | null;
  /** Where a page ends that ends with it. */
  readonly end: QueuedEnd;
}

/** What runs and what waits, as a viewer may see it: all tasks for admins, else the viewer's own. */
@Injectable()
export class QueueStatusReader {
  constructor(
    private readonly snapshots: QueueSnapshots,
    private readonly positions: QueuePositions,
    private readonly views: TaskViews,
    private readonly schedulerState: SchedulerState,
    private readonly executor: LocalExecutor,
  ) {}

  /**
   * The queue object of the API, one page of each list.
   *
   * @throws HttpProblem 400 when the cursor is not one that a previous page gave
   */
  page(viewer: Viewer, { limit, cursor }: QueueQuery): Promise<QueueStatus> {
    const start = cursor === undefined ? queueStart : decodeQueueCursor(cursor);
    return this.snapshots.read(userIdOf(viewer), (reads) =>
      this.#status(reads, viewer, { start, limit, maxBytes: maxPageBytes }),
    );
  }

  initialState(viewer: Viewer): Promise<InitialState> {
    return this.snapshots.read(userIdOf(viewer), async (reads) => {
      const sequence = await reads.lastSequence();
      const recent = (await reads.recent(recentTasks)).map((task) => this.views.at(viewer, task, null));
      const status = await this.#status(reads, viewer, {
        start: queueStart,
        limit: queuePageSize.default,
        maxBytes: maxPageBytes - jsonBytes(recent),
      });
      const truncated = status.next_cursor !== null;
      return { sequence, data: { ...status, recent_tasks: recent, resumed: false, truncated } };
    });
  }

  /** How many tasks there are of each status; for admins of each user, too. */
  async summary(viewer: Viewer): Promise<SystemSummary> {
    const byUser = await this.snapshots.countsByUser(userIdOf(viewer));
    const counts = noTasks();
    for (const own of byUser.values()) for (const status of taskStatuses) counts[status] += own[status];
    if (!viewer.isAdmin) return { counts };
    return { counts, by_user: [...byUser].map(([user_id, own]) => ({ user_id, counts: own })) };
  }

  async #status(
    reads: QueueReads,
    viewer: Viewer,
    page: { readonly start: QueueCursor; readonly limit: number; readonly maxBytes: number },
  ): Promise<QueueStatus> {
    const { start, limit, maxBytes } = page;
    const counts = await reads.counts();
    const running = start.running === null ? [] : await reads.running(start.running, limit + 1);
    const queued =
      start.queued === null
        ? nothingQueued
        : await this.#queued(reads, userIdOf(viewer), start.queued, limit);

    const runningViews = running.slice(0, limit).map((task) => this.views.at(viewer, task, null));
    const runningShown = fittingItems(runningViews, maxBytes / 2);
    const queuedViews = queued.entries.map(({ task, position }) => this.views.at(viewer, task, position));
    const queuedShown = fittingItems(queuedViews, maxBytes - jsonBytes(runningShown));

    const next: QueueCursor = {
      running: running.length > runningShown.length ? running[runningShown.length - 1]!.row.sequence : null,
      queued:
        queued.entries.length > queuedShown.length
          ? queued.entries[queuedShown.length - 1]!.end
          : queued.rest,
    };
    const overdue = viewer.isAdmin ? this.executor.overdueFunctions : [];
    return {
      paused: this.schedulerState.isPaused,
      queued_count: counts.queued,
      running_count: counts.running,
      queued_tasks: queuedShown,
      running_tasks: runningShown,
      next_cursor: next.running === null && next.queued === null ? null : encodeQueueCursor(next),
      ...(overdue.length > 0 && { overdue_functions: [...overdue] }),
    };
  }

  /**
   * Queued tasks in the order of their places, then those whose places are not known here yet.
   *
   * @returns `rest` is where the next page begins when all entries are shown; null when there is none
   */
  async #queued(
    reads: QueueReads,
    userId: string | null,
    start: QueuedEnd,
    limit: number,
  ): Promise<{ entries: readonly QueuedEntry[]; rest: QueuedEnd | null }> {
    const placed = this.positions.inOrder(userId);
    const remaining = 'position' in start ? behind(placed, start) : [];
    const asked = remaining.slice(0, limit);
    const positionOf = new Map(asked.map(({ taskId, position }) => [taskId, position]));
    const tasks = await reads.queuedAmong(asked.map(({ taskId }) => taskId));
    const entries = tasks.map((task): QueuedEntry => {
      const position = positionOf.get(task.id)!;
      return { task, position, end: { position: position.position, taskId: task.id } };
    });
    if (remaining.length > limit) {
      const { taskId, position } = asked.at(-1)!;
      return { entries, rest: { position: position.position, taskId } };
    }
    const after = 'sequence' in start ? start.sequence : 0;
    const room = limit - entries.length;
    const others = await reads.queuedBesides(
      placed.map(({ taskId }) => taskId),
      after,
      room + 1,
    );
    const shown = others.slice(0, room).map((task): QueuedEntry => {
      return { task, position: null, end: { sequence: task.row.sequence } };
    });
    const rest = others.length > room ? (shown.at(-1)?.end ?? { sequence: after }) : null;
    return { entries: [...entries, ...shown], rest };
  }
}

const nothingQueued = { entries: [] as readonly QueuedEntry[], rest: null };

/** The tasks behind the one that a page ended with; by its place then, where it is queued no more. */
function behind(
  placed: readonly PlacedTask[],
  end: { readonly position: number; readonly taskId: string },
): readonly PlacedTask[] {
  const at = placed.findIndex(({ taskId }) => taskId === end.taskId);
  return at === -1 ? placed.filter(({ position }) => position.position > end.position) : placed.slice(at + 1);
}

function userIdOf(viewer: Viewer): string | null {
  return viewer.isAdmin ? null : viewer.userId;
}
