/** A rising line through points: `probabilities[k]` at `scores[k]`, straight between, level outside. */
export interface IsotonicLine {
  scores: number[];
  probabilities: number[];
}

/**
 * The rising line closest to the outcomes (0 or 1) by pool-adjacent-violators (Ayer et al. 1955):
 * each pool stands at its mean score with its share of ones, kept at least `margin` from 0 and 1.
 */
export function fitIsotonic(scores: Float64Array, outcomes: Float64Array, margin: number): IsotonicLine {
  const order = Uint32Array.from(scores, (_, i) => i).sort((a, b) => scores[a]! - scores[b]! || a - b);
  const pools: { rows: number; ones: number; scores: number }[] = [];
  order.forEach((row, place) => {
    const score = scores[row]!;
    const isTie = place > 0 && scores[order[place - 1]!] === score;
    const last = pools.at(-1);
    if (isTie && last) {
      last.rows++;
      last.ones += outcomes[row]!;
      last.scores += score;
    } else pools.push({ rows: 1, ones: outcomes[row]!, scores: score });
    // Only once all rows of one score are in their pool may it be compared with the one before.
    if (place + 1 < order.length && scores[order[place + 1]!] === score) return;
    while (pools.length > 1) {
      const [left, right] = pools.slice(-2);
      if (left!.ones * right!.rows < right!.ones * left!.rows) break;
      left!.rows += right!.rows;
      left!.ones += right!.ones;
      left!.scores += right!.scores;
      pools.pop();
    }
  });
  return {
    scores: pools.map((pool) => pool.scores / pool.rows),
    probabilities: pools.map(({ ones, rows }) => Math.min(1 - margin, Math.max(margin, ones / rows))),
  };
}

/** The line's height at `score`. */
export function isotonicAt({ scores, probabilities }: IsotonicLine, score: number): number {
  let low = 0;
  let high = scores.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (scores[middle]! < score) low = middle + 1;
    else high = middle;
  }
  if (low === 0) return probabilities[0]!;
  if (low === scores.length) return probabilities[low - 1]!;
  const share = (score - scores[low - 1]!) / (scores[low]! - scores[low - 1]!);
  return probabilities[low - 1]! + share * (probabilities[low]! - probabilities[low - 1]!);
}
