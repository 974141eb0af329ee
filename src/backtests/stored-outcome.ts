import type { BacktestSummary, Task as TaskView } from '@app/contracts';
import type { backtests } from '../database/schema.js';
import type { BacktestOutcome } from './backtest-payload.js';
import type { StoredOptimization } from './optimization-payload.js';

export type BacktestRow = typeof backtests.$inferSelect;

/** A finished run or sweep as the database has it. */
export type StoredOutcome = Partial<BacktestOutcome> &
  Partial<StoredOptimization> &
  Pick<BacktestOutcome, 'engine_version' | 'duration_s' | 'warnings'> & {
    readonly result_file: string;
    /** The result is a copy of an earlier one's. */
    readonly cached?: boolean;
  };

export function outcomeOf(row: BacktestRow): StoredOutcome | null {
  return row.summary as StoredOutcome | null;
}

/** Whether a row is a sweep: only a sweep has a space of parameters. */
export function isSweep(row: BacktestRow): boolean {
  return 'space' in row.request;
}

export function summaryOf(row: BacktestRow, task: TaskView | null): BacktestSummary {
  const outcome = outcomeOf(row);
  return {
    backtest_id: row.backtestId,
    type: isSweep(row) ? 'optimization' : 'backtest',
    status: task?.status ?? 'completed',
    title: row.title,
    notes: row.notes,
    request: row.request,
    created_at: row.createdAt.toISOString(),
    duration_s: outcome?.duration_s ?? null,
    dataset: outcome?.dataset ?? null,
    engine_version: outcome?.engine_version ?? null,
    performance: (outcome?.performance as BacktestSummary['performance'] | undefined) ?? null,
    look_ahead: outcome?.look_ahead ?? null,
    optimization: outcome?.optimization ?? null,
    cached: outcome?.cached ?? false,
    error: task?.error ?? null,
    warnings: [...(outcome?.warnings ?? [])],
  };
}
