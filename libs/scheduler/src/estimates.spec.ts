import { describe, expect, it } from '@jest/globals';
import { demandOf } from './demand.js';
import { Estimates } from './estimates.js';
import { productionPolicy } from './policy.js';
import type { TaskShape } from './task.js';

const backtest: TaskShape = { type: 'backtest', size: 1, declared: demandOf(1, 0.5) };

function taught(runs: readonly { cpuSeconds: number; peakRamMb: number; durationS: number }[]): Estimates {
  const estimates = new Estimates(productionPolicy);
  for (const { durationS, ...measured } of runs) {
    estimates.learn(backtest, durationS, { ...measured, succeeded: true });
  }
  return estimates;
}

/** Runs of the given length at 1, 2 … 10 times a number of millicores, and peaks of 10, 20 … 100 MB. */
function tenRuns(durationS: number, stepMillicores = 100) {
  return Array.from({ length: 10 }, (_, i) => ({
    cpuSeconds: (((i + 1) * stepMillicores) / 1000) * durationS,
    peakRamMb: (i + 1) * 10,
    durationS,
  }));
}

describe('an estimate', () => {
  it('is 80 % of what was declared while fewer than five runs are known', () => {
    const estimates = taught(
      Array.from({ length: 4 }, () => ({ cpuSeconds: 5, peakRamMb: 100, durationS: 10 })),
    );
    expect(estimates.predict(backtest)).toEqual({ cpuMillicores: 800, ramMb: 410 });
  });

  it('is 80 % of the P75 of measured CPU and the P85 of peak RAM from the fifth run on', () => {
    // CPU 200, 400 … 2000 millicores: P75 is the 8th, 1600, of which 80 % are 1280. RAM 10 … 100 MB: P85 is the 9th.
    expect(taught(tenRuns(5, 200)).predict(backtest)).toEqual({ cpuMillicores: 1280, ramMb: 90 });
  });

  it('is not less than 80 % of the declared CPU for a kind that runs shorter than 10 s', () => {
    expect(taught(tenRuns(5)).predict(backtest)).toEqual({ cpuMillicores: 800, ramMb: 90 });
    expect(taught(tenRuns(10, 50)).predict(backtest)).toEqual({ cpuMillicores: 400, ramMb: 90 });
  });

  it('counts all of the measured CPU of tasks that run 10 s or longer', () => {
    expect(taught(tenRuns(10)).predict(backtest)).toEqual({ cpuMillicores: 800, ramMb: 90 });
  });

  it('rises at once with a running task that holds more than was predicted', () => {
    const estimates = new Estimates(productionPolicy);
    estimates.seen(backtest, 900);
    expect(estimates.predict(backtest)).toEqual({ cpuMillicores: 800, ramMb: 900 });
  });

  it('takes one run that needed far more than declared at its word', () => {
    const estimates = taught([{ cpuSeconds: 10, peakRamMb: 2000, durationS: 10 }]);
    expect(estimates.predict(backtest).ramMb).toBe(2100);
  });

  it('never falls below what the guard asked for', () => {
    expect(new Estimates(productionPolicy).predict({ ...backtest, floorRamMb: 3000 }).ramMb).toBe(3000);
  });

  it('learns nothing from a run that did not succeed', () => {
    const estimates = new Estimates(productionPolicy);
    for (let i = 0; i < 9; i++) {
      estimates.learn(backtest, 1, { cpuSeconds: 0.1, peakRamMb: 10, succeeded: false });
    }
    expect(estimates.predict(backtest)).toEqual({ cpuMillicores: 800, ramMb: 410 });
    expect(estimates.duration(backtest)).toEqual({ medianS: 30, p90S: 90 });
  });

  it('forgets runs older than the last 64', () => {
    const old = Array.from({ length: 30 }, () => ({ cpuSeconds: 10, peakRamMb: 5000, durationS: 5 }));
    const recent = Array.from({ length: 64 }, () => ({ cpuSeconds: 7, peakRamMb: 200, durationS: 5 }));
    expect(taught([...old, ...recent]).predict(backtest)).toEqual({ cpuMillicores: 1120, ramMb: 200 });
  });
});

describe('a duration', () => {
  it('is the median and the P90 of the runs', () => {
    const runs = Array.from({ length: 10 }, (_, i) => ({ cpuSeconds: 1, peakRamMb: 1, durationS: i + 1 }));
    expect(taught(runs).duration(backtest)).toEqual({ medianS: 5, p90S: 9 });
  });

  it('is scaled from the nearest known size of the type', () => {
    const estimates = taught([{ cpuSeconds: 1, peakRamMb: 1, durationS: 10 }]);
    expect(estimates.duration({ ...backtest, size: 4 })).toEqual({ medianS: 40, p90S: 40 });
    expect(estimates.duration({ ...backtest, size: 0.5 })).toEqual({ medianS: 5, p90S: 5 });
    expect(estimates.duration({ ...backtest, type: 'prediction' })).toEqual({ medianS: 30, p90S: 90 });
  });
});

it('answers the same after a snapshot was restored from JSON', () => {
  const estimates = taught(
    Array.from({ length: 20 }, (_, i) => ({ cpuSeconds: i, peakRamMb: i * 7, durationS: i + 3 })),
  );
  const restored = new Estimates(productionPolicy);
  restored.restore(JSON.parse(JSON.stringify(estimates.snapshot())) as ReturnType<Estimates['snapshot']>);
  expect(restored.predict(backtest)).toEqual(estimates.predict(backtest));
  expect(restored.duration(backtest)).toEqual(estimates.duration(backtest));
});

describe('runs on a saturated machine', () => {
  it('teach no CPU below what is declared: they show what a task got, not what it wanted', () => {
    const estimates = new Estimates(productionPolicy);
    for (let run = 0; run < 10; run++) {
      estimates.learn(backtest, 20, { cpuSeconds: 5, peakRamMb: 100, succeeded: true }, true);
    }
    expect(estimates.predict(backtest).cpuMillicores).toBe(1000);
  });
});
