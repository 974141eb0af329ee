import { describe, expect, it } from '@jest/globals';
import { totalmem } from 'node:os';
import { createHostProbe } from './create-host-probe.js';
import type { CpuTimes } from './cpu-times.js';
import { BYTES_PER_MB } from './host-sample.js';

const NOWHERE = '/nonexistent-root';

/** A machine without `/proc`, whose CPUs spend what the test says. */
function machine(): { times: CpuTimes[]; atMs: number; create: typeof createHostProbe } {
  const state = {
    times: [
      { idle: 0, total: 0 },
      { idle: 0, total: 0 },
    ],
    atMs: 0,
    create: (options = {}) =>
      createHostProbe({
        root: NOWHERE,
        now: () => 1_000_000 + state.atMs,
        wait: () => Promise.resolve(),
        osFigures: {
          cpuTimes: () => new Map(state.times.entries()),
          memory: () => Promise.resolve({ total: 8192 * BYTES_PER_MB, available: 5000 * BYTES_PER_MB }),
        },
        ...options,
      }),
  };
  return state;
}

describe('OsHostProbe', () => {
  it('measures the whole machine where there is no /proc, without pressure', async () => {
    const host = machine();
    const probe = await host.create();
    host.atMs = 1000;
    host.times = [
      { idle: 600, total: 1000 },
      { idle: 900, total: 1000 },
    ];

    expect(await probe.sample()).toEqual({
      atMs: 1_001_000,
      totalCpuMillicores: 2000,
      availableCpuMillicores: 1500,
      isCpuSaturated: false,
      cpuUsagePercent: 25,
      totalRamMb: 8192,
      availableRamMb: 5000,
      ramUsagePercent: 39,
      pressure: { cpu: null, memory: null, io: null, memoryFull: null },
      limits: { cpuSource: 'host', ramSource: 'host' },
    });
  });

  it('keeps the previous rate for a call too soon after another', async () => {
    const host = machine();
    const probe = await host.create();
    host.atMs = 1000;
    host.times = [
      { idle: 500, total: 1000 },
      { idle: 500, total: 1000 },
    ];
    await probe.sample();
    host.atMs = 1010;
    host.times = [
      { idle: 500, total: 1010 },
      { idle: 500, total: 1010 },
    ];

    expect(await probe.sample()).toMatchObject({ availableCpuMillicores: 1000 });
  });

  it('takes overrides as the Linux probe does', async () => {
    const host = machine();
    const probe = await host.create({ cpuCoresOverride: 8, ramGbOverride: 16 });
    host.atMs = 1000;
    host.times = [
      { idle: 500, total: 1000 },
      { idle: 900, total: 1000 },
    ];

    // Busy 600 of 2000 milli-cores and 3192 MB, so 8000 − 600 and 16384 − 3192.
    expect(await probe.sample()).toMatchObject({
      availableCpuMillicores: 7400,
      availableRamMb: 13_192,
      limits: { cpuSource: 'override', ramSource: 'override' },
    });
  });

  it('asks systeminformation and Node on a real machine', async () => {
    const probe = await createHostProbe({ root: NOWHERE });
    const sample = await probe.sample();

    expect(sample.totalRamMb).toBe(Math.floor(totalmem() / BYTES_PER_MB));
    expect(sample.availableRamMb).toBeGreaterThan(0);
    expect(sample.availableRamMb).toBeLessThan(sample.totalRamMb);
    expect(sample.totalCpuMillicores).toBeGreaterThanOrEqual(1000);
    expect(sample.availableCpuMillicores).toBeLessThanOrEqual(sample.totalCpuMillicores);
  });
});
