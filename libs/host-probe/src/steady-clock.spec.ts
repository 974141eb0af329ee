import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { createHostProbe } from './create-host-probe.js';
import { FixtureHost, memInfo, procStat, status } from './fixture-host.contract.js';
import { ProcessMeter } from './process-meter.js';
import { steadyNow } from './steady-clock.js';

const HOUR_MS = 3_600_000;

describe('when the wall clock jumps an hour back and forth', () => {
  let host: FixtureHost;
  let wallOffsetMs = 0;

  beforeEach(() => {
    const wallNow = Date.now.bind(Date);
    jest.spyOn(Date, 'now').mockImplementation(() => wallNow() + wallOffsetMs);
    host = new FixtureHost({
      '/proc/stat': procStat({ 0: {} }),
      '/proc/meminfo': memInfo(8192, 4096),
      '/proc/self/status': status('0'),
      '/proc/uptime': '100.00 50.00\n',
    });
  });

  afterEach(() => {
    wallOffsetMs = 0;
    jest.restoreAllMocks();
    host.dispose();
  });

  it('the time of the samples still rises by the real time between them', async () => {
    const probe = await createHostProbe({ root: host.root, wait: () => Promise.resolve() });
    const times: number[] = [];
    const startedMs = performance.now();
    for (wallOffsetMs of [0, -HOUR_MS, HOUR_MS, 0]) times.push((await probe.sample()).atMs);
    const tookMs = performance.now() - startedMs;

    expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
    expect(times.at(-1)! - times[0]!).toBeLessThanOrEqual(tookMs + 1);
  });

  it('the CPU of a process is still measured over the real time', async () => {
    const meter = new ProcessMeter({ root: host.root });
    const use = (ticks: number) => {
      const fields = `S 1 1 1 0 -1 0 0 0 0 0 ${ticks} 0 0 0 20 0 1 0 9000`;
      host.write({ '/proc/7/stat': `7 (node) ${fields}\n`, '/proc/7/status': 'Name:\tnode\n' });
      return meter.measure(7)!.cpuMillicores;
    };
    const startedMs = performance.now();
    use(0);
    wallOffsetMs = -HOUR_MS;
    await delay(150);
    const millicores = use(10);
    const tookS = (performance.now() - startedMs) / 1000;

    // Ten ticks are 0.1 s of CPU.
    expect(millicores).toBeGreaterThanOrEqual(Math.floor((1000 * 0.1) / tookS));
    expect(millicores).toBeLessThanOrEqual(1000);
  });

  it('the steady clock starts at wall time', () => {
    expect(Math.abs(steadyNow() - Date.now())).toBeLessThan(HOUR_MS / 60);
  });
});
