/** Keeps one sure and wrong probability from making a whole log loss infinite. */
const PROBABILITY_FLOOR = 1e-12;

/** −log of the probability given to what happened; `outcome` is 0 or 1. */
export function logLossOf(probability: number, outcome: number): number {
  return -Math.log(Math.max(PROBABILITY_FLOOR, outcome === 1 ? probability : 1 - probability));
}

/** Mean log loss in nats; `NaN` without rows. */
export function logLoss(probabilities: Float64Array, outcomes: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < outcomes.length; i++) sum += logLossOf(probabilities[i]!, outcomes[i]!);
  return sum / outcomes.length;
}

/** Mean squared distance of probability and outcome (Brier 1950). */
export function brierScore(probabilities: Float64Array, outcomes: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < outcomes.length; i++) sum += (probabilities[i]! - outcomes[i]!) ** 2;
  return sum / outcomes.length;
}

/** Share of rows on which "up" is said above ½ and happens, or is not said and does not happen. */
export function accuracy(probabilities: Float64Array, outcomes: Float64Array): number {
  let hits = 0;
  for (let i = 0; i < outcomes.length; i++) if (probabilities[i]! > 0.5 === (outcomes[i] === 1)) hits++;
  return hits / outcomes.length;
}

/** Rows in ascending order of score, with the border of each group of equal scores. */
export interface Ranking {
  readonly order: Uint32Array;
  /** `ties[g]` is the place after the last row of group `g`. */
  readonly ties: Uint32Array;
}

export function rankScores(scores: Float64Array): Ranking {
  const order = Uint32Array.from(scores, (_, i) => i).sort((a, b) => scores[a]! - scores[b]! || a - b);
  const ties: number[] = [];
  for (let place = 1; place <= order.length; place++) {
    if (place === order.length || scores[order[place]!] !== scores[order[place - 1]!]) ties.push(place);
  }
  return { order, ties: Uint32Array.from(ties) };
}

/** Pairs of one riser and one faller: how many there are, and how many are ranked rightly (ties half). */
export interface PairCount {
  readonly pairs: number;
  readonly concordant: number;
}

/** Counts pairs (Mann and Whitney 1947) with `weight[row]` copies of each row; all 1 if absent. */
export function countPairs(ranking: Ranking, outcomes: Float64Array, weight?: Float64Array): PairCount {
  let fallersBelow = 0;
  let risers = 0;
  let concordant = 0;
  let place = 0;
  for (const end of ranking.ties) {
    let risersHere = 0;
    let fallersHere = 0;
    for (; place < end; place++) {
      const row = ranking.order[place]!;
      const copies = weight ? weight[row]! : 1;
      if (outcomes[row] === 1) risersHere += copies;
      else fallersHere += copies;
    }
    concordant += risersHere * (fallersBelow + fallersHere / 2);
    fallersBelow += fallersHere;
    risers += risersHere;
  }
  return { pairs: risers * fallersBelow, concordant };
}

/** Area under the ROC curve: the chance that a riser is scored above a faller; ½ with one class only. */
export function areaUnderCurve(scores: Float64Array, outcomes: Float64Array): number {
  const { pairs, concordant } = countPairs(rankScores(scores), outcomes);
  return pairs === 0 ? 0.5 : concordant / pairs;
}

/** One row of a reliability table. */
export interface ReliabilityBin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  readonly mean_probability: number;
  readonly observed: number;
}

const RELIABILITY_BINS = 10;

/** Predicted beside observed frequency in ten bins of about equal count; equal probabilities share a bin. */
export function reliabilityTable(probabilities: Float64Array, outcomes: Float64Array): ReliabilityBin[] {
  const { order, ties } = rankScores(probabilities);
  const bins: ReliabilityBin[] = [];
  let start = 0;
  for (const end of ties) {
    const wanted = Math.ceil(((bins.length + 1) * order.length) / RELIABILITY_BINS);
    if (end < wanted && end < order.length) continue;
    let sum = 0;
    let ups = 0;
    for (let place = start; place < end; place++) {
      sum += probabilities[order[place]!]!;
      ups += outcomes[order[place]!]!;
    }
    const count = end - start;
    bins.push({
      from: probabilities[order[start]!]!,
      to: probabilities[order[end - 1]!]!,
      count,
      mean_probability: sum / count,
      observed: ups / count,
    });
    start = end;
  }
  return bins;
}

/** Expected calibration error: mean distance of said and observed, by rows (Naeini et al. 2015). */
export function calibrationError(table: readonly ReliabilityBin[]): number {
  const rows = table.reduce((sum, bin) => sum + bin.count, 0);
  return table.reduce(
    (sum, bin) => sum + (bin.count / rows) * Math.abs(bin.mean_probability - bin.observed),
    0,
  );
}
