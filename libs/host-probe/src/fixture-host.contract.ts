import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createHostProbe } from './create-host-probe.js';
import type { HostProbe, Overrides } from './host-sample.js';

/** Texts by absolute path. */
export type HostFiles = Readonly<Record<string, string>>;

/** Clock ticks (10 ms) that a CPU spends in one second of a fixture; columns left out are 0. */
export type CpuSecond = Readonly<
  Partial<
    Record<'user' | 'nice' | 'system' | 'idle' | 'iowait' | 'irq' | 'softirq' | 'steal' | 'guest', number>
  >
>;

export const MB = 2 ** 20;
export const GB = 2 ** 30;

const COLUMNS = ['user', 'nice', 'system', 'idle', 'iowait', 'irq', 'softirq', 'steal', 'guest'] as const;
/** What every column has counted since boot before a fixture begins; cancels out in every difference. */
const SINCE_BOOT = 5000;

/** `/proc/stat` after CPUs have spent the given ticks since the fixture's beginning. */
export function procStat(spent: Readonly<Record<number, CpuSecond>>): string {
  const lines = Object.entries(spent).map(
    ([cpu, second]) => `cpu${cpu} ${COLUMNS.map((name) => SINCE_BOOT + (second[name] ?? 0)).join(' ')} 0`,
  );
  return ['cpu  1 2 3 4 5 6 7 8 9 0', ...lines, 'intr 272175 0 0', 'ctxt 1234', ''].join('\n');
}

/** `/proc/meminfo` of a kernel since 3.14. */
export function memInfo(totalMb: number, availableMb: number): string {
  return [
    `MemTotal:       ${totalMb * 1024} kB`,
    `MemFree:        ${Math.floor(availableMb / 2) * 1024} kB`,
    `MemAvailable:   ${availableMb * 1024} kB`,
    'Buffers:            1992 kB',
    '',
  ].join('\n');
}

/** The line of `/proc/self/status` that carries the affinity mask, between its neighbours. */
export function status(cpusAllowedList: string): string {
  return `Name:\tnode\nCpus_allowed:\tff\nCpus_allowed_list:\t${cpusAllowedList}\nMems_allowed_list:\t0\n`;
}

/** A PSI file with the given ten-second means. */
export function psi(some: number, full = 0): string {
  return [
    `some avg10=${some.toFixed(2)} avg60=0.79 avg300=1.24 total=11764339`,
    `full avg10=${full.toFixed(2)} avg60=0.00 avg300=0.00 total=0`,
    '',
  ].join('\n');
}

/** A host in a temporary folder with a clock that moves only when told to. */
export class FixtureHost {
  readonly root = mkdtempSync(join(tmpdir(), 'headroom-host-'));
  nowMs = Date.UTC(2025, 0, 1);

  constructor(files: HostFiles) {
    this.write(files);
  }

  write(files: HostFiles): void {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.root, path)), { recursive: true });
      writeFileSync(join(this.root, path), text);
    }
  }

  remove(path: string): void {
    rmSync(join(this.root, path), { recursive: true });
  }

  advance(ms: number): void {
    this.nowMs += ms;
  }

  /** A probe of this host, its first reading taken now. */
  createProbe(overrides: Overrides = {}): Promise<HostProbe> {
    return createHostProbe({
      ...overrides,
      root: this.root,
      now: () => this.nowMs,
      wait: () => Promise.resolve(),
    });
  }

  dispose(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
