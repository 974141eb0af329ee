import { describe, expect, it } from '@jest/globals';
import { Estimates } from './estimates.js';
import { productionPolicy } from './policy.js';
import { resourceRequestOf } from './resource-request.js';
import type { TaskShape } from './task.js';

const backtest: TaskShape = { type: 'backtest', size: 1, requested: resourceRequestOf(1, 0.5) };

function estimatesOf(
  runs: readonly { cpuSeconds: number; peakRamMb: number; durationS: number }[],
): Estimates {
  const estimates = new Estimates(productionPolicy);
  for (const { durationS, ...measured } of runs) {
    estimates.recordRun(backtest, durationS, { ...measured, succeeded: true });
  }
  return estimates;
}

/** Ten runs of the given duration: CPU of 1, 2 … 10 times `stepMillicores`, peaks of 10, 20 … 100 MB. */
function tenRuns(durationS: number, stepMillicores = 100) {
  return Array.from({ length: 10 }, (_, i) => ({
    cpuSeconds: (((i + 1) * stepMillicores) / 1000) * durationS,
    peakRamMb: (i + 1) * 10,
    durationS,
  }));
}

describe('a prediction', () => {
  it('is 80 % of what was requested while fewer than five runs are known', () => {
    const estimates = estimatesOf(
      Array.from({ length: 4 }, () => ({ cpuSeconds: 5, peakRamMb: 100, durationS: 10 })),
    );
    expect(estimates.predict(backtest)).toEqual({ cpuMillicores: 800, ramMb: 410 });
  });

  it('is 80 % of the P75 of measured CPU and the P85 of peak RAM from the fifth run on', () => {
    // CPU 200, 400 … 2000 millicores: P75 is the 8th, 1600, of which 80 % are 1280. RAM 10 … 100 MB: P85 is the 9th.
    expect(estimatesOf(tenRuns(5, 200)).predict(backtest)).toEqual({ cpuMillicores: 1280, ramMb: 90 });
  });

  it('is at least 80 % of the requested CPU for tasks that run shorter than 10 s', () => {
    expect(estimatesOf(tenRuns(5)).predict(backtest)).toEqual({ cpuMillicores: 800, ramMb: 90 });
    expect(estimatesOf(tenRuns(10, 50)).predict(backtest)).toEqual({ cpuMillicores: 400, ramMb: 90 });
  });

  it('is the full P75 of the measured CPU for tasks that run 10 s or longer', () => {
    expect(estimatesOf(tenRuns(10)).predict(backtest)).toEqual({ cpuMillicores: 800, ramMb: 90 });
  });

  it('rises at once when a running task holds more RAM than predicted', () => {
    const estimates = new Estimates(productionPolicy);
    estimates.observePeak(backtest, 900);
    expect(estimates.predict(backtest)).toEqual({ cpuMillicores: 800, ramMb: 900 });
  });

  it('is 5 % above the highest peak while fewer than five runs are known', () => {
    const estimates = estimatesOf([{ cpuSeconds: 10, peakRamMb: 2000, durationS: 10 }]);
    expect(estimates.predict(backtest).ramMb).toBe(2100);
  });

  it('is never below the RAM that the memory guard asked for', () => {
    expect(new Estimates(productionPolicy).predict({ ...backtest, floorRamMb: 3000 }).ramMb).toBe(3000);
  });

  it('does not change with runs that failed', () => {
    const estimates = new Estimates(productionPolicy);
    for (let i = 0; i < 9; i++) {
      estimates.recordRun(backtest, 1, { cpuSeconds: 0.1, peakRamMb: 10, succeeded: false });
    }
    expect(estimates.predict(backtest)).toEqual({ cpuMillicores: 800, ramMb: 410 });
    expect(estimates.duration(backtest)).toEqual({ medianS: 30, p90S: 90 });
  });

  it('uses only the last 64 runs', () => {
    const old = Array.from({ length: 30 }, () => ({ cpuSeconds: 10, peakRamMb: 5000, durationS: 5 }));
    const recent = Array.from({ length: 64 }, () => ({ cpuSeconds: 7, peakRamMb: 200, durationS: 5 }));
    expect(estimatesOf([...old, ...recent]).predict(backtest)).toEqual({ cpuMillicores: 1120, ramMb: 200 });
  });
});

describe('a duration', () => {
  it('is the median and the P90 of the runs', () => {
    const runs = Array.from({ length: 10 }, (_, i) => ({ cpuSeconds: 1, peakRamMb: 1, durationS: i + 1 }));
    expect(estimatesOf(runs).duration(backtest)).toEqual({ medianS: 5, p90S: 9 });
  });

  it('is scaled from the nearest size of the type that has run', () => {
    const estimates = estimatesOf([{ cpuSeconds: 1, peakRamMb: 1, durationS: 10 }]);
    expect(estimates.duration({ ...backtest, size: 4 })).toEqual({ medianS: 40, p90S: 40 });
    expect(estimates.duration({ ...backtest, size: 0.5 })).toEqual({ medianS: 5, p90S: 5 });
    expect(estimates.duration({ ...backtest, type: 'prediction' })).toEqual({ medianS: 30, p90S: 90 });
  });
});

it('predicts the same after a snapshot was restored from JSON', () => {
  const estimates = estimatesOf(
    Array.from({ length: 20 }, (_, i) => ({ cpuSeconds: i, peakRamMb: i * 7, durationS: i + 3 })),
  );
  const restored = new Estimates(productionPolicy);
  restored.restore(JSON.parse(JSON.stringify(estimates.snapshot())) as ReturnType<Estimates['snapshot']>);
  expect(restored.predict(backtest)).toEqual(estimates.predict(backtest));
  expect(restored.duration(backtest)).toEqual(estimates.duration(backtest));
});

describe('a run on a saturated machine', () => {
  it('counts with at least the requested CPU, because it received less than it could use', () => {
    const estimates = new Estimates(productionPolicy);
    for (let run = 0; run < 10; run++) {
      estimates.recordRun(backtest, 20, { cpuSeconds: 5, peakRamMb: 100, succeeded: true }, true);
    }
    expect(estimates.predict(backtest).cpuMillicores).toBe(1000);
  });
});
