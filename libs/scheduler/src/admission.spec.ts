import { describe, expect, it } from '@jest/globals';
import { decideAdmission, infeasibilityReason } from './admission.js';
import type { Capacity } from './capacity.js';
import { formatDecisionLog } from './decision-log.js';
import { productionPolicy } from './policy.js';
import { resourceRequestOf } from './resource-request.js';

const backtest = resourceRequestOf(1, 0.5);
const predicted = { cpuMillicores: 800, ramMb: 410 };

function capacity(cpuMillicores: number, ramMb: number, change: Partial<Capacity> = {}): Capacity {
  const total = resourceRequestOf(8, 16);
  return {
    total,
    available: { cpuMillicores, ramMb },
    baselineLoad: resourceRequestOf(1.6, 3.2),
    runningTasks: 1,
    ...change,
  };
}

describe('admission', () => {
  it('admits a task that leaves exactly the threshold, and refuses one that leaves one unit less', () => {
    // 20 % of 8000 millicores are 1600, and 20 % of 16384 MB are 3276.8, so 3277 MB must stay free.
    expect(decideAdmission(capacity(2400, 3687), backtest, predicted, productionPolicy).admitted).toBe(true);
    expect(decideAdmission(capacity(2399, 3687), backtest, predicted, productionPolicy).admitted).toBe(false);
    expect(decideAdmission(capacity(2400, 3686), backtest, predicted, productionPolicy).admitted).toBe(false);
  });

  it('reports the shortage in the wording of the requirement', () => {
    // On a machine of 1 GB, 0.2 GB must stay free. Of 0.3 GB available, a prediction of 0.2 GB would leave 0.1.
    const small = capacity(6400, 307, { total: resourceRequestOf(8, 1) });
    const decision = decideAdmission(small, backtest, { cpuMillicores: 800, ramMb: 205 }, productionPolicy);
    expect(decision).toMatchObject({
      admitted: false,
      reason: 'Insufficient RAM: need 0.5GB, available 0.3GB, would leave 0.1GB (min: 0.2GB)',
    });
  });

  it('reports CPU and RAM when both are short', () => {
    const decision = decideAdmission(capacity(1800, 2048), backtest, predicted, productionPolicy);
    expect(decision).toMatchObject({
      reason:
        'Insufficient CPU: need 1.0 cores, available 1.8 cores, would leave 1.0 cores (min: 1.6 cores); ' +
        'Insufficient RAM: need 0.5GB, available 2.0GB, would leave 1.6GB (min: 3.2GB)',
    });
  });

  it('adds decimals where the rounded figures would contradict the refusal', () => {
    const decision = decideAdmission(capacity(2390, 12_800), backtest, predicted, productionPolicy);
    expect(decision).toMatchObject({
      reason:
        'Insufficient CPU: need 1.00 cores, available 2.39 cores, would leave 1.59 cores (min: 1.60 cores)',
    });
  });

  it('logs a refusal with its figures', () => {
    const decision = decideAdmission(capacity(1800, 12_800), backtest, predicted, productionPolicy);
    expect(formatDecisionLog('backtest', decision, productionPolicy).slice(-2)).toEqual([
      '[ResourceCheck] CPU OK: False, RAM OK: True',
      '[ResourceCheck] REFUSED: Insufficient CPU: need 1.0 cores, available 1.8 cores, would leave 1.0 cores (min: 1.6 cores)',
    ]);
  });
});

describe('a refusal for resources', () => {
  const refuse = (cpuMillicores: number, ramMb: number, requested = backtest) =>
    decideAdmission(capacity(cpuMillicores, ramMb), requested, predicted, productionPolicy);

  it('is of kind cpu when only CPU is short, and tells the user the requested cores', () => {
    expect(refuse(1800, 12_800)).toMatchObject({
      kind: 'cpu',
      reason: 'Insufficient CPU: need 1.0 cores, available 1.8 cores, would leave 1.0 cores (min: 1.6 cores)',
      userReason: 'Waiting for CPU: this task needs 1.0 core',
    });
  });

  it('is of kind ram when only RAM is short, and tells the user the requested RAM', () => {
    expect(refuse(6400, 2048)).toMatchObject({
      kind: 'ram',
      reason: 'Insufficient RAM: need 0.5GB, available 2.0GB, would leave 1.6GB (min: 3.2GB)',
      userReason: 'Waiting for RAM: this task needs 0.5 GB',
    });
  });

  it('is of kind ram when both are short', () => {
    expect(refuse(1800, 2048)).toMatchObject({
      kind: 'ram',
      userReason: 'Waiting for RAM: this task needs 0.5 GB',
    });
  });

  it.each([
    [0.25, '0.25 cores'],
    [0.5, '0.5 cores'],
    [2, '2.0 cores'],
    [0.001, '0.001 cores'],
  ])('shows a request of %d cores to the user as %s', (cores, shown) => {
    expect(refuse(1800, 12_800, resourceRequestOf(cores, 0.5))).toMatchObject({
      userReason: `Waiting for CPU: this task needs ${shown}`,
    });
  });
});

describe('a task that would not leave the buffer free', () => {
  const two = { total: resourceRequestOf(2, 8), baselineLoad: resourceRequestOf(0.4, 1.6) };
  const training = resourceRequestOf(2, 1.5);
  const predictedTraining = { cpuMillicores: 1600, ramMb: 1229 };

  it('runs exclusively when no other task runs and the buffer is free', () => {
    const idle = capacity(1500, 6000, { ...two, runningTasks: 0 });
    expect(decideAdmission(idle, training, predictedTraining, productionPolicy)).toMatchObject({
      admitted: true,
      exclusive: true,
    });
  });

  it('waits while another task runs, or while the external load takes the buffer', () => {
    const busy = capacity(1500, 6000, { ...two, runningTasks: 1 });
    expect(decideAdmission(busy, training, predictedTraining, productionPolicy).admitted).toBe(false);
    const crowded = capacity(399, 6000, { ...two, runningTasks: 0 });
    expect(decideAdmission(crowded, training, predictedTraining, productionPolicy).admitted).toBe(false);
  });

  it('is not a task of ordinary size: that one waits until the external load has passed', () => {
    const idle = capacity(2000, 12_800, { runningTasks: 0 });
    expect(decideAdmission(idle, backtest, predicted, productionPolicy).admitted).toBe(false);
  });

  it('can run exclusively although its learned RAM is too high, because its RAM counts as requested at most', () => {
    // 7 GB were learned and 1.5 GB requested. 7 of 8 GB are available, and the guard kills below 0.4 GB.
    const idle = capacity(1700, 7168, { ...two, runningTasks: 0 });
    const learned = { cpuMillicores: 1600, ramMb: 7168 };
    expect(decideAdmission(idle, training, learned, productionPolicy)).toMatchObject({
      admitted: true,
      exclusive: true,
    });
  });

  it('is infeasible when it exceeds the whole machine', () => {
    expect(infeasibilityReason(resourceRequestOf(2, 8), resourceRequestOf(2, 8))).toBeNull();
    expect(infeasibilityReason(resourceRequestOf(2, 8), resourceRequestOf(1, 9))).toBe(
      'Task too large: needs 1.0 cores and 9.0GB RAM, the machine has 2.0 cores and 8.0GB',
    );
  });
});
