import { backtestRunRequest } from '@app/contracts';
import { z } from 'zod';

/** What a backtest's process needs: the request, and the model it may use. */
export const backtestPayload = z.object({
  request: backtestRunRequest,
  /** Candles in the span, for the size of the task. */
  bars: z.number().int(),
  /** File of the model below the results folder; null when the run trains what it needs. */
  modelFile: z.string().nullable(),
  /** The model has seen candles of the span, and the user said that this is intended. */
  leaks: z.boolean(),
});
export type BacktestPayload = z.infer<typeof backtestPayload>;

/** What is kept of a finished run in the database; the curves and trades are in the file. */
export interface BacktestOutcome {
  readonly engine_version: string;
  readonly dataset: { symbol: string; timeframe: string; rows: number; sha256: string; synthetic: boolean };
  readonly performance: Record<string, unknown>;
  readonly duration_s: number;
  readonly warnings: readonly string[];
}
