import { scoreDirection } from '../direction.js';
import { type LabelledRows, sliceColumns } from '../labelled-rows.js';
import { seededRandom } from '../random.js';
import { calibrate, UNCALIBRATED } from './calibration.js';
import { logLoss } from './metrics.js';
import type { FoldForecast } from './walk-forward.js';

/**
 * How much the log loss of one fold's test rows rises when a feature's values are dealt to other
 * rows (Breiman 2001), raw scores taken as they are; near 0 for a feature the model gains nothing from.
 */
export function permutationImportance(
  forecast: FoldForecast,
  data: LabelledRows,
  seed: number,
): Float64Array {
  const { test } = forecast.fold;
  const random = seededRandom(seed);
  const columns = sliceColumns(data.columns, test.from, test.to);
  const outcomes = data.up.subarray(test.from, test.to);
  const before = logLoss(calibrate(UNCALIBRATED, forecast.scores), outcomes);
  return Float64Array.from(columns, (column, feature) => {
    const dealt = column.slice();
    for (let i = dealt.length - 1; i > 0; i--) {
      const j = random.below(i + 1);
      const swapped = dealt[i]!;
      dealt[i] = dealt[j]!;
      dealt[j] = swapped;
    }
    const scores = scoreDirection(forecast.fitted.scorer, columns.with(feature, dealt));
    return logLoss(calibrate(UNCALIBRATED, scores), outcomes) - before;
  });
}
