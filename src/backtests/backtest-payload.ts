import { backtestRunRequest, type BacktestSummary, type LookAhead } from '@app/contracts';
import { z } from 'zod';

/** What any run needs to know of its model and of its size. */
export const runContextSchema = {
  /** Candles in the span, for the size of the task. */
  bars: z.number().int(),
  /** File of the model below the results folder; null when the run trains what it needs. */
  modelFile: z.string().nullable(),
  /** The model has seen candles of the span, and the user said that this is intended. */
  leaks: z.boolean(),
};

/** What a backtest's process needs: the request, and the model it may use. */
export const backtestPayload = z.object({ request: backtestRunRequest, ...runContextSchema });
export type BacktestPayload = z.infer<typeof backtestPayload>;

export type Dataset = NonNullable<BacktestSummary['dataset']>;

/** What is kept of a finished run in the database; the curves and trades are in the file. */
export interface BacktestOutcome {
  readonly engine_version: string;
  readonly dataset: Dataset;
  readonly performance: Record<string, unknown>;
  readonly look_ahead: LookAhead | null;
  readonly duration_s: number;
  readonly warnings: readonly string[];
}
