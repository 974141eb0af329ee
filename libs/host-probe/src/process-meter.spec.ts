import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { FixtureHost, type HostFiles } from './fixture-host.contract.js';
import { ProcessMeter } from './process-meter.js';

interface Shown {
  readonly pid: number;
  readonly name?: string;
  readonly state?: string;
  /** utime, stime, cutime, cstime in ticks of 10 ms. */
  readonly ticks: readonly [number, number, number, number];
  readonly startTicks?: number;
  readonly rssAnonKb?: number;
  readonly vmHwmKb?: number;
  readonly children?: readonly number[];
}

/** A process's three files. */
function processFiles(shown: Shown): HostFiles {
  const { pid, name = 'node', state = 'S', ticks, startTicks = 100_000, children = [] } = shown;
  const { rssAnonKb = 1024, vmHwmKb = 2048 } = shown;
  const beforeTimes = `${state} 1 1 1 0 -1 4194304 100 0 0 0`;
  return {
    [`/proc/${pid}/stat`]: `${pid} (${name}) ${beforeTimes} ${ticks.join(' ')} 20 0 11 0 ${startTicks} 31 390 0\n`,
    [`/proc/${pid}/status`]: `Name:\t${name}\nVmHWM:\t    ${vmHwmKb} kB\nRssAnon:\t     ${rssAnonKb} kB\nRssFile:\t 9 kB\n`,
    [`/proc/${pid}/task/${pid}/children`]: children.map((child) => `${child} `).join(''),
  };
}

describe('ProcessMeter', () => {
  let host: FixtureHost;
  let meter: ProcessMeter;

  beforeEach(() => {
    // Up for 1010 s, so a process that started at tick 100,000 is 10 s old.
    host = new FixtureHost({ '/proc/uptime': '1010.00 4000.00\n' });
    meter = new ProcessMeter({ root: host.root, now: () => host.nowMs });
  });
  afterEach(() => host.dispose());

  it('gives CPU since the previous call, CPU time since the start, RSS and its peak', () => {
    host.write(processFiles({ pid: 7, ticks: [100, 50, 0, 0] }));
    meter.measure(7);
    host.advance(2000);
    host.write(processFiles({ pid: 7, ticks: [200, 70, 30, 0], rssAnonKb: 102_400, vmHwmKb: 204_801 }));

    // 150 ticks more in 2 s are 0.75 core; 300 ticks are 3 s; a started MB counts.
    expect(meter.measure(7)).toEqual({ cpuMillicores: 750, cpuSeconds: 3, rssMb: 100, peakRssMb: 201 });
  });

  it("gives the mean since the process's start at the first call", () => {
    host.write(processFiles({ pid: 7, ticks: [200, 50, 0, 0] }));

    expect(meter.measure(7)).toMatchObject({ cpuMillicores: 250, cpuSeconds: 2.5 });
  });

  it('does not make a whole core of one tick in a process that is 10 ms old', () => {
    host.write(processFiles({ pid: 7, ticks: [1, 0, 0, 0], startTicks: 100_999 }));

    expect(meter.measure(7)).toMatchObject({ cpuMillicores: 100 });
  });

  it('keeps the previous CPU figure for a call too soon after another', () => {
    host.write(processFiles({ pid: 7, ticks: [200, 50, 0, 0] }));
    meter.measure(7);
    host.advance(30);
    host.write(processFiles({ pid: 7, ticks: [203, 50, 0, 0] }));
    expect(meter.measure(7)).toMatchObject({ cpuMillicores: 250, cpuSeconds: 2.53 });

    host.advance(970);
    host.write(processFiles({ pid: 7, ticks: [300, 50, 0, 0] }));
    expect(meter.measure(7)).toMatchObject({ cpuMillicores: 1000 });
  });

  it('reads past a name with spaces and parentheses', () => {
    host.write(processFiles({ pid: 7, name: 'a) S 9 (b', ticks: [200, 50, 0, 0] }));

    expect(meter.measure(7)).toMatchObject({ cpuSeconds: 2.5 });
  });

  it('adds children and their children, and loses nothing when one ends', () => {
    host.write({
      ...processFiles({ pid: 7, ticks: [100, 0, 0, 0], children: [8, 9] }),
      ...processFiles({ pid: 8, ticks: [50, 0, 0, 0], rssAnonKb: 2048, vmHwmKb: 4096 }),
      ...processFiles({ pid: 9, ticks: [0, 50, 0, 0], children: [10] }),
      ...processFiles({ pid: 10, ticks: [100, 0, 0, 0] }),
    });
    // 100 + 50 + 50 + 100 ticks; 1 + 2 + 1 + 1 MB; peaks 2 + 4 + 2 + 2 MB.
    expect(meter.measure(7)).toMatchObject({ cpuSeconds: 3, rssMb: 5, peakRssMb: 10 });

    host.advance(1000);
    host.remove('/proc/8');
    host.write(processFiles({ pid: 7, ticks: [100, 0, 60, 0], children: [8, 9] }));
    // 8 ended after 10 ticks more, which its parent's cutime has now; the peak stays.
    expect(meter.measure(7)).toMatchObject({ cpuMillicores: 100, cpuSeconds: 3.1, rssMb: 3, peakRssMb: 10 });
  });

  it('never gives negative CPU when a child that nobody waited for takes its time with it', () => {
    host.write({
      ...processFiles({ pid: 7, ticks: [100, 0, 0, 0], children: [8] }),
      ...processFiles({ pid: 8, ticks: [50, 0, 0, 0] }),
    });
    meter.measure(7);
    host.advance(1000);
    host.write(processFiles({ pid: 7, ticks: [110, 0, 0, 0] }));

    expect(meter.measure(7)).toMatchObject({ cpuMillicores: 0, cpuSeconds: 1.1 });
  });

  it('gives null for a process that is gone or only waits to be collected', () => {
    expect(meter.measure(7)).toBeNull();
    host.write(processFiles({ pid: 8, state: 'Z', ticks: [1, 0, 0, 0] }));
    expect(meter.measure(8)).toBeNull();
  });

  it('gives null once when another process has taken the number, then measures that one', () => {
    host.write(processFiles({ pid: 7, ticks: [900, 0, 0, 0] }));
    meter.measure(7);
    host.advance(1000);
    host.write(processFiles({ pid: 7, ticks: [5, 0, 0, 0], startTicks: 100_990 }));

    expect(meter.measure(7)).toBeNull();
    expect(meter.measure(7)).toMatchObject({ cpuSeconds: 0.05, cpuMillicores: 500 });
  });

  it('starts afresh with a process it was told to forget', () => {
    host.write(processFiles({ pid: 7, ticks: [100, 0, 0, 0], vmHwmKb: 9 * 1024 }));
    expect(meter.measure(7)).toMatchObject({ cpuMillicores: 100, peakRssMb: 9 });
    meter.forget(7);
    host.write({ ...processFiles({ pid: 7, ticks: [200, 0, 0, 0] }), '/proc/uptime': '1020.00 1\n' });

    expect(meter.measure(7)).toMatchObject({ cpuMillicores: 100, peakRssMb: 2 });
  });

  it('says whether there is a /proc to read', () => {
    expect(meter.isSupported).toBe(false);
    host.write({ '/proc/stat': 'cpu0 1 2 3 4\n' });
    expect(meter.isSupported).toBe(true);
  });

  it('measures a real child and the child of that child, and sees them go', async () => {
    const real = new ProcessMeter();
    if (!real.isSupported) {
      expect(real.measure(process.pid)).toBeNull();
      return;
    }
    const grandchild =
      'const held = Buffer.alloc(2 ** 26, 1); setInterval(() => held, 1000); console.log("up")';
    const child = spawn(process.execPath, [
      '-e',
      `const { spawn } = require('node:child_process');
       const held = Buffer.alloc(2 ** 26, 1);
       const below = spawn(process.execPath, ['-e', ${JSON.stringify(grandchild)}]);
       below.stdout.once('data', () => console.log(held.length));
       process.once('SIGTERM', () => { below.once('exit', () => process.exit()); below.kill(); });`,
    ]);
    try {
      await once(child.stdout, 'data');
      const use = real.measure(child.pid!);
      expect(use?.rssMb).toBeGreaterThanOrEqual(128);
      expect(use?.rssMb).toBeLessThan(300);
      expect(use?.peakRssMb).toBeGreaterThanOrEqual(use?.rssMb ?? Infinity);
      expect(use?.cpuSeconds).toBeGreaterThan(0);
      expect(use?.cpuMillicores).toBeGreaterThan(0);
    } finally {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
    expect(real.measure(child.pid!)).toBeNull();
  });
});
