import { setImmediate } from 'node:timers/promises';
import { timeframeMs, type Timeframe } from '@app/contracts';
import { LearningError, TrainabilityScan } from '@app/learning';
import { HttpProblem } from '../problems/http-problem.js';
import { CandleFile } from '../market-data/candle-file.js';
import { readCandlesOf } from '../market-data/read-candles.js';

/** So many stored bars are looked at before the event loop gets its turn: a few milliseconds. */
const barsAtATime = 20_000;

/**
 * Looks at the candles opening in `[fromMs, toMs)` before a training on them is queued.
 *
 * @returns how many there are
 * @throws HttpProblem 422 `TOO_FEW_ROWS`, `DATA_GAPS`, `ONE_CLASS_ONLY`, `CONSTANT_FEATURES` or
 *   `INVALID_CANDLES`
 */
export async function requireTrainable(
  path: string,
  order: { timeframe: Timeframe; fromMs: number; toMs: number; horizon: number },
): Promise<number> {
  const { timeframe, horizon, toMs } = order;
  const lengthMs = timeframeMs[timeframe];
  const scan = new TrainabilityScan(horizon, lengthMs);
  try {
    return await CandleFile.with(path, async (file) => {
      const maxRows = Math.max(1, Math.floor((barsAtATime * timeframeMs[file.header.timeframe]) / lengthMs));
      let { fromMs } = order;
      let bars = 0;
      for (let rows = maxRows; rows === maxRows && fromMs < toMs;) {
        const { candles } = await readCandlesOf(file, timeframe, { fromMs, toMs, maxRows });
        rows = candles.time.length;
        if (rows === 0) break;
        scan.add(candles);
        fromMs = candles.time[rows - 1]! + 1;
        bars += rows;
        await setImmediate();
      }
      scan.finish();
      return bars;
    });
  } catch (error) {
    if (!(error instanceof LearningError)) throw error;
    const path = error.code === 'TOO_FEW_ROWS' ? 'start_date' : 'symbol';
    throw new HttpProblem(422, error.code, error.message, {
      errors: [{ path, message: error.message }],
      cause: error,
    });
  }
}
