import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHostProbe, ProcessMeter, type HostProbe, type HostSample } from '@app/host-probe';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const CG = '/sys/fs/cgroup';
const MB = 2 ** 20;
const NAME = `headroom-probe-${process.pid}`;

/** A parent cgroup that limits memory and a group in it that limits CPU, made for real. */
interface RealCgroup {
  readonly version: 'cgroup-v1' | 'cgroup-v2';
  /** Files that a process writes its number to in order to enter. */
  readonly entrances: readonly string[];
  limitCpu(quotaUs: number, periodUs: number): void;
  limitMemory(mb: number): void;
  remove(): void;
}

/** Makes the groups, or says why this machine does not allow it. */
function makeCgroup(): RealCgroup | string {
  if (process.platform !== 'linux') return `${process.platform} has no cgroups`;
  if (process.getuid?.() !== 0) return 'not root';
  const isV2 = existsSync(`${CG}/cgroup.controllers`);
  const made: string[] = [];
  const make = (dir: string): string => {
    mkdirSync(dir);
    made.push(dir);
    return dir;
  };
  const remove = (): void => made.reverse().forEach((dir) => rmdirSync(dir));
  try {
    if (isV2) {
      writeFileSync(`${CG}/cgroup.subtree_control`, '+cpu +memory');
      const parent = make(`${CG}/${NAME}`);
      writeFileSync(`${parent}/cgroup.subtree_control`, '+cpu +memory');
      const own = make(`${parent}/own`);
      return {
        version: 'cgroup-v2',
        entrances: [`${own}/cgroup.procs`],
        limitCpu: (quotaUs, periodUs) => writeFileSync(`${own}/cpu.max`, `${quotaUs} ${periodUs}`),
        limitMemory: (mb) => writeFileSync(`${parent}/memory.max`, String(mb * MB)),
        remove,
      };
    }
    // Most systems mount cpu and cpuacct together; then the one folder is both.
    const controllers = existsSync(`${CG}/cpu/cpuacct.usage`)
      ? ['cpu', 'memory']
      : ['cpu', 'cpuacct', 'memory'];
    const parents = controllers.map((name) => make(`${CG}/${name}/${NAME}`));
    const own = parents.map((parent) => make(`${parent}/own`));
    return {
      version: 'cgroup-v1',
      entrances: own.map((dir) => `${dir}/cgroup.procs`),
      limitCpu: (quotaUs, periodUs) => {
        writeFileSync(`${own[0]!}/cpu.cfs_period_us`, String(periodUs));
        writeFileSync(`${own[0]!}/cpu.cfs_quota_us`, String(quotaUs));
      },
      limitMemory: (mb) => writeFileSync(`${parents.at(-1)!}/memory.limit_in_bytes`, String(mb * MB)),
      remove,
    };
  } catch (error) {
    remove();
    return error instanceof Error ? error.message : String(error);
  }
}

const cgroup = makeCgroup();

if (typeof cgroup === 'string') {
  describe('the host probe on this machine', () => {
    it(`stays within what the system reports (made no cgroup: ${cgroup})`, async () => {
      const sample = await (await createHostProbe()).sample();
      expect(sample.totalCpuMillicores).toBeLessThanOrEqual(1000 * availableParallelism());
      expect(sample.totalRamMb).toBeLessThanOrEqual(totalmem() / MB);
      expect(sample.availableRamMb).toBeLessThan(sample.totalRamMb);
    });
  });
} else {
  describe(`the host probe in a real ${cgroup.version} of half a core below a parent of 256 MB`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'headroom-cgroup-'));
    let child: ChildProcess;
    let probe: HostProbe;
    let sample: HostSample;

    /** Holds 64 MB, leaves 48 MB of written file in the page cache, then wants all the CPU it can get. */
    const work = `
      const fs = require('node:fs');
      const held = Buffer.alloc(64 * 2 ** 20, 1);
      const fd = fs.openSync(${JSON.stringify(join(folder, 'cache'))}, 'w');
      for (let mb = 0; mb < 48; mb += 1) fs.writeSync(fd, held, 0, 2 ** 20);
      fs.fsyncSync(fd);
      fs.writeSync(1, 'up');
      for (;;) held[0] += 1;`;

    beforeAll(async () => {
      cgroup.limitCpu(50_000, 100_000);
      cgroup.limitMemory(256);
      const enter = 'for file in "$@"; do echo $$ > "$file"; done; exec "$NODE" -e "$WORK"';
      child = spawn('sh', ['-c', enter, 'sh', ...cgroup.entrances], {
        env: { ...process.env, NODE: process.execPath, WORK: work },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await once(child.stdout!, 'data');
      probe = await createHostProbe({ pid: child.pid! });
      await delay(1000);
      sample = await probe.sample();
    }, 20_000);

    afterAll(async () => {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
      rmSync(folder, { recursive: true });
      // The kernel empties a group a moment after its last process has gone.
      for (let attempt = 0; hasProcesses(cgroup) && attempt < 100; attempt += 1) await delay(20);
      cgroup.remove();
    });

    it('has the quota for its total, and next to nothing left while a child uses it up', () => {
      expect(sample.totalCpuMillicores).toBe(500);
      expect(sample.limits.cpuSource).toBe(cgroup.version);
      // The child gets its half core, or the machine is full: either way little is free. The quota leaks a slice or two.
      expect(sample.availableCpuMillicores).toBeLessThanOrEqual(100);
    });

    it("has the parent's limit for its total, and counts held memory as used but file cache as free", () => {
      expect(sample.totalRamMb).toBe(256);
      expect(sample.limits.ramSource).toBe(cgroup.version);
      // 256 − 64 held = 192, less what Node and the kernel need for it; were the 48 MB of cache used too, below 144.
      expect(sample.availableRamMb).toBeLessThan(192);
      expect(sample.availableRamMb).toBeGreaterThan(144);
    });

    it('sees new limits at the next sample', async () => {
      cgroup.limitCpu(150_000, 100_000);
      cgroup.limitMemory(320);
      expect(await probe.sample()).toMatchObject({ totalCpuMillicores: 1500, totalRamMb: 320 });
    });

    it("agrees with the child's own figures", () => {
      const use = new ProcessMeter().measure(child.pid!);
      expect(use?.rssMb).toBeGreaterThanOrEqual(64);
      expect(use?.rssMb).toBeLessThan(112);
      expect(use?.cpuSeconds).toBeGreaterThan(0.3);
    });
  });
}

function hasProcesses({ entrances }: RealCgroup): boolean {
  return entrances.some((file) => readFileSync(file, 'utf8') !== '');
}
