import { describe, expect, it } from '@jest/globals';
import { decideAdmission, neverFitsReason } from './admission.js';
import { formatDecisionLog } from './decision-log.js';
import { demandOf } from './demand.js';
import { productionPolicy } from './policy.js';
import type { Room } from './room.js';

const backtest = demandOf(1, 0.5);
const predicted = { cpuMillicores: 800, ramMb: 410 };

function room(cpuMillicores: number, ramMb: number, change: Partial<Room> = {}): Room {
  const total = demandOf(8, 16);
  return {
    total,
    available: { cpuMillicores, ramMb },
    ambient: demandOf(1.6, 3.2),
    runningTasks: 1,
    ...change,
  };
}

describe('admission', () => {
  it('takes a task that leaves exactly the threshold, and refuses it one unit below', () => {
    // 20 % of 8000 millicores are 1600, of 16384 MB 3276.8, so 3277 MB must stay.
    expect(decideAdmission(room(2400, 3687), backtest, predicted, productionPolicy).admitted).toBe(true);
    expect(decideAdmission(room(2399, 3687), backtest, predicted, productionPolicy).admitted).toBe(false);
    expect(decideAdmission(room(2400, 3686), backtest, predicted, productionPolicy).admitted).toBe(false);
  });

  it('says what is short in the requirement’s words', () => {
    // A machine of 1 GB: the least to stay is 0.2 GB; of 0.3 GB available a task of 0.25 GB would leave 0.1.
    const small = room(6400, 307, { total: demandOf(8, 1) });
    const decision = decideAdmission(small, backtest, { cpuMillicores: 800, ramMb: 205 }, productionPolicy);
    expect(decision).toMatchObject({
      admitted: false,
      reason: 'Insufficient RAM: need 0.5GB, available 0.3GB, would leave 0.1GB (min: 0.2GB)',
    });
  });

  it('names both when both are short', () => {
    const decision = decideAdmission(room(1800, 2048), backtest, predicted, productionPolicy);
    expect(decision).toMatchObject({
      reason:
        'Insufficient CPU: need 1.0 cores, available 1.8 cores, would leave 1.0 cores (min: 1.6 cores); ' +
        'Insufficient RAM: need 0.5GB, available 2.0GB, would leave 1.6GB (min: 3.2GB)',
    });
  });

  it('adds decimals where a rounded figure would contradict the refusal', () => {
    const decision = decideAdmission(room(2390, 12_800), backtest, predicted, productionPolicy);
    expect(decision).toMatchObject({
      reason:
        'Insufficient CPU: need 1.00 cores, available 2.39 cores, would leave 1.59 cores (min: 1.60 cores)',
    });
  });

  it('logs a refusal with its figures', () => {
    const decision = decideAdmission(room(1800, 12_800), backtest, predicted, productionPolicy);
    expect(formatDecisionLog('backtest', decision, productionPolicy).slice(-2)).toEqual([
      '[ResourceCheck] CPU OK: False, RAM OK: True',
      '[ResourceCheck] REFUSED: Insufficient CPU: need 1.0 cores, available 1.8 cores, would leave 1.0 cores (min: 1.6 cores)',
    ]);
  });
});

describe('a task that cannot fit beside the buffer', () => {
  const two = { total: demandOf(2, 8), ambient: demandOf(0.4, 1.6) };
  const training = demandOf(2, 1.5);
  const needs = { cpuMillicores: 1600, ramMb: 1229 };

  it('runs alone when nothing else of ours runs and the buffer is free', () => {
    const idle = room(1500, 6000, { ...two, runningTasks: 0 });
    expect(decideAdmission(idle, training, needs, productionPolicy)).toMatchObject({
      admitted: true,
      alone: true,
    });
  });

  it('waits while anything of ours runs, or others take the buffer', () => {
    const busy = room(1500, 6000, { ...two, runningTasks: 1 });
    expect(decideAdmission(busy, training, needs, productionPolicy).admitted).toBe(false);
    const crowded = room(399, 6000, { ...two, runningTasks: 0 });
    expect(decideAdmission(crowded, training, needs, productionPolicy).admitted).toBe(false);
  });

  it('does not make a passing load of others an excuse: an ordinary task waits for the buffer', () => {
    const idle = room(2000, 12_800, { runningTasks: 0 });
    expect(decideAdmission(idle, backtest, predicted, productionPolicy).admitted).toBe(false);
  });

  it('is not locked out by an estimate that was learned too high: alone its RAM counts as declared at most', () => {
    // Learned 7 GB, declared 1.5 GB; 7 GB are available of 8, and the guard kills below 0.4 GB.
    const idle = room(1700, 7168, { ...two, runningTasks: 0 });
    const learned = { cpuMillicores: 1600, ramMb: 7168 };
    expect(decideAdmission(idle, training, learned, productionPolicy)).toMatchObject({
      admitted: true,
      alone: true,
    });
  });

  it('that exceeds the whole machine never fits', () => {
    expect(neverFitsReason(demandOf(2, 8), demandOf(2, 8))).toBeNull();
    expect(neverFitsReason(demandOf(2, 8), demandOf(1, 9))).toBe(
      'Task too large: needs 1.0 cores and 9.0GB RAM, the machine has 2.0 cores and 8.0GB',
    );
  });
});
