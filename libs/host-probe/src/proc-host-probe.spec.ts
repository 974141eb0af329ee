import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FixtureHost, GB, MB, memInfo, procStat, status } from './fixture-host.contract.js';

const CG = '/sys/fs/cgroup';
const used = (seconds: number): string => `usage_usec ${seconds * 1e6}\n`;

describe('ProcHostProbe', () => {
  let host: FixtureHost;

  /** Four idle CPUs; a container of 2 cores and 2 GB below a parent that limits nothing. */
  beforeEach(() => {
    host = new FixtureHost({
      '/proc/stat': procStat({ 0: {}, 1: {}, 2: {}, 3: {} }),
      '/proc/meminfo': memInfo(16_384, 16_000),
      '/proc/self/status': status('0-3'),
      '/proc/self/cgroup': '0::/apps/one\n',
      '/proc/self/mountinfo': `30 23 0:26 / ${CG} rw - cgroup2 cgroup2 rw\n`,
      [`${CG}/apps/cpu.max`]: 'max 100000\n',
      [`${CG}/apps/cpu.stat`]: used(50),
      [`${CG}/apps/memory.max`]: 'max\n',
      [`${CG}/apps/one/cpu.max`]: '200000 100000\n',
      [`${CG}/apps/one/cpu.stat`]: used(10),
      [`${CG}/apps/one/memory.max`]: `${2 * GB}\n`,
      [`${CG}/apps/one/memory.current`]: `${512 * MB}\n`,
    });
  });
  afterEach(() => host.dispose());

  /** Lets every CPU idle up to the given second, and the clock with it. */
  function idleUntil(second: number): void {
    const idle = { idle: 100 * second };
    host.write({ '/proc/stat': procStat({ 0: idle, 1: idle, 2: idle, 3: idle }) });
    host.advance(1000);
  }

  it('follows limits that change while it runs', async () => {
    const probe = await host.createProbe();
    idleUntil(1);
    expect(await probe.sample()).toMatchObject({ totalCpuMillicores: 2000, totalRamMb: 2048 });

    idleUntil(2);
    host.write({ [`${CG}/apps/one/cpu.max`]: '50000 100000\n', [`${CG}/apps/one/memory.max`]: `${GB}\n` });
    expect(await probe.sample()).toMatchObject({
      totalCpuMillicores: 500,
      availableCpuMillicores: 500,
      totalRamMb: 1024,
      availableRamMb: 512,
    });

    idleUntil(3);
    host.write({ [`${CG}/apps/one/cpu.max`]: 'max 100000\n', [`${CG}/apps/one/memory.max`]: 'max\n' });
    expect(await probe.sample()).toMatchObject({
      totalCpuMillicores: 4000,
      totalRamMb: 16_384,
      limits: { cpuSource: 'host', ramSource: 'host' },
    });
  });

  it("subtracts use from a parent's new quota at the first sample that sees it", async () => {
    const probe = await host.createProbe();
    idleUntil(1);
    host.write({ [`${CG}/apps/cpu.max`]: '100000 100000\n', [`${CG}/apps/cpu.stat`]: used(50.75) });

    expect(await probe.sample()).toMatchObject({ totalCpuMillicores: 1000, availableCpuMillicores: 250 });
  });

  it('narrows to a CPU mask that was set while it ran', async () => {
    const probe = await host.createProbe();
    host.write({ '/proc/self/status': status('2') });
    idleUntil(1);

    expect(await probe.sample()).toMatchObject({ totalCpuMillicores: 1000, availableCpuMillicores: 1000 });
  });

  it('follows the process into another cgroup', async () => {
    const probe = await host.createProbe();
    host.write({
      [`${CG}/apps/two/cpu.max`]: '150000 100000\n',
      [`${CG}/apps/two/cpu.stat`]: used(0),
      [`${CG}/apps/two/memory.max`]: `${3 * GB}\n`,
      [`${CG}/apps/two/memory.current`]: `${GB}\n`,
      '/proc/self/cgroup': '0::/apps/two\n',
    });
    idleUntil(1);
    expect(await probe.sample()).toMatchObject({ totalCpuMillicores: 1500, availableRamMb: 2048 });

    host.write({ [`${CG}/apps/two/cpu.stat`]: used(0.5) });
    idleUntil(2);
    expect(await probe.sample()).toMatchObject({ totalCpuMillicores: 1500, availableCpuMillicores: 1000 });
  });

  it('answers without the level when its cgroup is removed', async () => {
    const probe = await host.createProbe();
    host.remove(`${CG}/apps/one`);
    idleUntil(1);

    expect(await probe.sample()).toMatchObject({ totalCpuMillicores: 4000, totalRamMb: 16_384 });
  });

  it('has a usable first figure: the load since its creation, neither 0 nor 100 percent', async () => {
    const probe = await host.createProbe();
    host.advance(250);
    const second = { user: 5, idle: 20 };
    host.write({
      '/proc/stat': procStat({ 0: second, 1: second, 2: second, 3: second }),
      [`${CG}/apps/one/cpu.stat`]: used(10.1),
    });

    // 0.1 s of CPU in 0.25 s is 400 of the quota's 2000; the machine has 4 × 800 idle.
    expect(await probe.sample()).toMatchObject({ availableCpuMillicores: 1600, cpuUsagePercent: 20 });
  });

  it('keeps the previous rates for a call too soon after another, and counts from the older one', async () => {
    const probe = await host.createProbe();
    host.write({ [`${CG}/apps/one/cpu.stat`]: used(10.5) });
    idleUntil(1);
    expect(await probe.sample()).toMatchObject({ availableCpuMillicores: 1500 });

    host.advance(20);
    host.write({ [`${CG}/apps/one/cpu.stat`]: used(10.52) });
    expect(await probe.sample()).toMatchObject({ availableCpuMillicores: 1500 });

    host.advance(980);
    host.write({ [`${CG}/apps/one/cpu.stat`]: used(11.5) });
    expect(await probe.sample()).toMatchObject({ availableCpuMillicores: 1000 });
  });

  it('counts a CPU that comes online as busy as the others until it has a baseline', async () => {
    host.write({ [`${CG}/apps/one/cpu.max`]: 'max 100000\n', '/proc/stat': procStat({ 0: {}, 1: {} }) });
    const probe = await host.createProbe();
    host.advance(1000);
    const half = { user: 50, idle: 50 };
    host.write({ '/proc/stat': procStat({ 0: half, 1: half, 2: { idle: 3 } }) });

    expect(await probe.sample()).toMatchObject({ totalCpuMillicores: 3000, availableCpuMillicores: 1500 });
  });

  it('never reports less than nothing when a group is beyond its limits', async () => {
    const probe = await host.createProbe();
    host.write({ [`${CG}/apps/one/cpu.stat`]: used(12.5), [`${CG}/apps/one/memory.current`]: `${3 * GB}\n` });
    idleUntil(1);

    expect(await probe.sample()).toMatchObject({
      availableCpuMillicores: 0,
      availableRamMb: 0,
      cpuUsagePercent: 100,
      ramUsagePercent: 100,
    });
  });

  it('passes a small machine off as a large one: the total is the override, the use stays', async () => {
    const probe = await host.createProbe({ cpuCoresOverride: 8, ramGbOverride: 16 });
    host.write({ [`${CG}/apps/one/cpu.stat`]: used(10.4) });
    idleUntil(1);

    // 0.4 core and 512 MB in use, of 8 cores and 16 GB.
    expect(await probe.sample()).toMatchObject({
      totalCpuMillicores: 8000,
      availableCpuMillicores: 7600,
      cpuUsagePercent: 5,
      totalRamMb: 16_384,
      availableRamMb: 15_872,
      limits: { cpuSource: 'override', ramSource: 'override' },
    });
  });

  it('keeps below a machine smaller than the real one, down to nothing', async () => {
    const probe = await host.createProbe({ cpuCoresOverride: 0.5, ramGbOverride: 0.75 });
    host.write({ [`${CG}/apps/one/cpu.stat`]: used(10.3) });
    idleUntil(1);
    expect(await probe.sample()).toMatchObject({
      totalCpuMillicores: 500,
      availableCpuMillicores: 200,
      totalRamMb: 768,
      availableRamMb: 256,
    });

    host.write({ [`${CG}/apps/one/cpu.stat`]: used(11.2) });
    idleUntil(2);
    expect(await probe.sample()).toMatchObject({ totalCpuMillicores: 500, availableCpuMillicores: 0 });
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('refuses %d cores as an override', async (cores) => {
    await expect(host.createProbe({ cpuCoresOverride: cores })).rejects.toThrow(
      new RangeError(`cpuCoresOverride must be a positive number, got ${cores}`),
    );
  });

  it('says what is wrong with a /proc/meminfo it cannot read', async () => {
    const probe = await host.createProbe();
    host.write({ '/proc/meminfo': 'nonsense\n' });

    expect(() => probe.sample()).toThrow('/proc/meminfo has no MemTotal');
  });
});
