import { taskRow } from '../domain/task.fixture.js';
import type { TaskRow } from '../domain/task-row.js';
import type { NewTask } from './task-statements.js';

/** A task for tests before it is stored: a queued backtest unless fields say otherwise. */
export function newTask(fields: Partial<NewTask> = {}): NewTask {
  const {
    sequence: _sequence,
    queuedAt: _queuedAt,
    notBefore: _notBefore,
    startedAt: _startedAt,
    completedAt: _completedAt,
    leaseExpiresAt: _leaseExpiresAt,
    ...row
  } = taskRow();
  return { ...row, status: 'queued', ...fields };
}

/** The columns of a stored task for tests that write the table themselves. */
export function storedRow(fields: Partial<TaskRow> = {}): Omit<TaskRow, 'sequence'> {
  const { sequence: _, ...row } = taskRow(fields);
  return row;
}
