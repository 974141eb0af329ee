import { Injectable } from '@nestjs/common';
import type { TaskAttempt, Viewer } from '@app/contracts';
import type { TransitionName } from '../domain/task-transitions.js';
import type { Task } from '../domain/task.js';
import { TaskStore } from '../storage/task-store.js';
import type { EndedAttempt } from '../storage/task-reads.js';

/** How an attempt ended, by the transition that ended it. */
const ends: Partial<Record<TransitionName, string>> = {
  complete: 'completed',
  fail: 'failed',
  cancel: 'cancelled',
  requeue: 'requeued',
  endByAdmin: 'ended_by_admin',
  requeueLost: 'lost',
  failLost: 'lost',
  cancelLost: 'lost',
};

/** The attempts at a task as viewers may see them. */
@Injectable()
export class TaskAttempts {
  constructor(private readonly store: TaskStore) {}

  /** Those that have ended and the one that runs, the first one first. */
  async of(viewer: Pick<Viewer, 'isAdmin'>, task: Task): Promise<TaskAttempt[]> {
    const ended = await this.store.attempts(task.id);
    const attempts = ended.map(endedAttempt);
    // It may have ended since the task was read.
    const isListed = ended.some(({ attempt }) => attempt === task.row.attempt);
    if (task.isRunning && !isListed) attempts.push(runningAttempt(task));
    return viewer.isAdmin ? attempts : attempts.map((attempt) => ({ ...attempt, node_id: null }));
  }
}

function endedAttempt({ attempt, nodeId, startedAt, endedAt, end, error }: EndedAttempt): TaskAttempt {
  return {
    attempt,
    node_id: nodeId,
    started_at: startedAt?.toISOString() ?? null,
    ended_at: endedAt.toISOString(),
    end: ends[end as TransitionName] ?? end,
    error,
  };
}

function runningAttempt({ row }: Task): TaskAttempt {
  return {
    attempt: row.attempt,
    node_id: row.nodeId,
    started_at: row.startedAt?.toISOString() ?? null,
    ended_at: null,
    end: null,
    error: null,
  };
}
