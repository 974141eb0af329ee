import { describe, expect, it } from '@jest/globals';
import { areaUnderCurve } from '../evaluation/metrics.js';
import { seededRandom } from '../random.js';
import { boost, type BoostingData, type BoostingParams, type BoostingRound } from './boosting.js';
import { scoreRows } from './ensemble.js';
import { logLossObjective, pinballObjective } from './objective.js';

const params: BoostingParams = {
  rounds: 60,
  learningRate: 0.2,
  maxDepth: 3,
  maxLeaves: 8,
  growth: 'depth',
  lambda: 1,
  minChildWeight: 1,
  minGain: 0,
  rowSample: 1,
  columnSample: 1,
  patience: 10,
};

/** Two columns decide by exclusive or, two more are noise; a tenth of the values is missing. */
function exclusiveOr(rows: number, seed: number): BoostingData {
  const random = seededRandom(seed);
  const columns = Array.from({ length: 4 }, () => Float32Array.from({ length: rows }, () => random.normal()));
  const target = Float64Array.from({ length: rows }, (_, i) =>
    columns[0]![i]! > 0 !== columns[1]![i]! > 0 ? 1 : 0,
  );
  for (const column of columns) column.forEach((_, i) => random.uniform() < 0.1 && (column[i] = NaN));
  return { columns, target };
}

describe('boosting', () => {
  it('learns an exclusive or that no single column shows, around missing values', () => {
    const { ensemble } = boost({ train: exclusiveOr(2000, 1), objective: logLossObjective, params, seed: 1 });
    const test = exclusiveOr(1000, 2);
    // Where neither of the two is missing (81 % of rows) the answer is certain, elsewhere a coin.
    expect(areaUnderCurve(scoreRows(ensemble, test.columns), test.target)).toBeGreaterThan(0.9);
  });

  it('takes the log odds of the base rate as its start', () => {
    const target = Float64Array.of(1, 1, 1, 0);
    const { ensemble } = boost({
      train: { columns: [Float32Array.of(1, 1, 1, 1)], target },
      objective: logLossObjective,
      params: { ...params, rounds: 1 },
      seed: 1,
    });
    expect(ensemble.base).toBeCloseTo(Math.log(3), 12);
  });

  it('adds to the scores that it is given to start from', () => {
    const train = exclusiveOr(500, 1);
    const perfect = train.target.map((value) => (value === 1 ? 40 : -40));
    const { ensemble } = boost({
      train: { ...train, start: perfect },
      objective: logLossObjective,
      params,
      seed: 1,
    });
    expect(ensemble.base).toBe(0);
    expect(ensemble.value.every((value) => Math.abs(value) < 1e-6)).toBe(true);
  });

  it('keeps the round with the lowest validation loss and stops soon after', () => {
    const noise = { ...exclusiveOr(300, 1), target: Float64Array.from({ length: 300 }, (_, i) => i % 2) };
    const rounds: BoostingRound[] = [];
    const boosted = boost({
      train: noise,
      validation: { ...exclusiveOr(300, 2), target: noise.target },
      objective: logLossObjective,
      params,
      seed: 1,
      onRound: (round) => rounds.push(round),
    });
    const best = boosted.validationLosses.indexOf(Math.min(...boosted.validationLosses));
    expect(boosted.ensemble.roots).toHaveLength(best);
    expect(rounds).toHaveLength(Math.min(params.rounds, best + params.patience));
  });

  it('gives the same trees for the same seed, and others for another', () => {
    const sampled = { ...params, rowSample: 0.5, columnSample: 0.5 };
    const fit = (seed: number) =>
      boost({ train: exclusiveOr(400, 1), objective: logLossObjective, params: sampled, seed }).ensemble;
    expect(fit(7)).toEqual(fit(7));
    expect(fit(7)).not.toEqual(fit(8));
  });

  it('credits the columns that decide', () => {
    const { gain } = boost({ train: exclusiveOr(2000, 1), objective: logLossObjective, params, seed: 1 });
    expect(Math.min(gain[0]!, gain[1]!)).toBeGreaterThan(5 * Math.max(gain[2]!, gain[3]!));
  });

  it('stops in the round in which it is told to', () => {
    let asked = 0;
    const shouldStop = (): boolean => ++asked === 4;
    expect(() =>
      boost({ train: exclusiveOr(300, 1), objective: logLossObjective, params, seed: 1, shouldStop }),
    ).toThrow(expect.objectContaining({ code: 'CANCELLED', message: 'Training was cancelled in round 4.' }));
  });

  it('scores by thresholds as it grew by bins', () => {
    const train = exclusiveOr(500, 3);
    const losses: number[] = [];
    const { ensemble } = boost({
      train,
      validation: train,
      objective: logLossObjective,
      params,
      seed: 1,
      onRound: ({ validationLoss }) => losses.push(validationLoss!),
    });
    const rounds = ensemble.roots.length;
    expect(logLossObjective.loss(train.target, scoreRows(ensemble, train.columns))).toBeCloseTo(
      losses[rounds - 1]!,
      12,
    );
  });
});

describe('quantile boosting', () => {
  it('finds both ends of a spread that depends on a column', () => {
    const random = seededRandom(4);
    const x = Float32Array.from({ length: 6000 }, () => random.uniform());
    // Uniform on ±(1 + 2·[x > ½]): the 90 % quantile is 0.8 and 2.4 (0.8 of the half width).
    const target = Float64Array.from(x, (value) => (2 * random.uniform() - 1) * (value > 0.5 ? 3 : 1));
    const ends = [0.1, 0.9].map((level) =>
      scoreRows(
        boost({
          train: { columns: [x], target },
          objective: pinballObjective(level),
          params: { ...params, maxDepth: 2, lambda: 0, minChildWeight: 500 },
          seed: 1,
        }).ensemble,
        [Float32Array.of(0.2, 0.8)],
      ),
    );
    expect(ends.map(([narrow, wide]) => [narrow, wide])).toEqual([
      [expect.closeTo(-0.8, 0), expect.closeTo(-2.4, 0)],
      [expect.closeTo(0.8, 0), expect.closeTo(2.4, 0)],
    ]);
    expect(Math.abs(ends[1]![0]! - 0.8)).toBeLessThan(0.12);
    expect(Math.abs(ends[1]![1]! - 2.4)).toBeLessThan(0.25);
  });

  it('starts at the quantile of the targets', () => {
    expect(pinballObjective(0.25).base(Float64Array.of(4, 1, 3, 2, 5))).toBe(2);
  });

  it('weighs a miss below by 1 − level and above by level', () => {
    // Residuals +2 and −4 at level 0.9: (0.9·2 + 0.1·4) / 2 = 1.1
    expect(pinballObjective(0.9).loss(Float64Array.of(2, -4), new Float64Array(2))).toBeCloseTo(1.1, 12);
  });
});
