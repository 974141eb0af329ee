import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { atExit } from './at-exit.js';

export interface HostShape {
  readonly cpuCores: number;
  /** GB of 1024 MB, all of it free. */
  readonly ramGb: number;
}

/** Ticks that every CPU has counted in each of its first three columns since boot. */
const ticksSinceBoot = 5000;
const kbPerGb = 1024 * 1024;

/**
 * A machine as files, for `HEADROOM_HOST_ROOT`: idle, without cgroups, until a test says otherwise.
 *
 * The CPU counters stand still. The probe then takes the load from `proc/loadavg`, so no file needs to be rewritten
 * for the machine to stay idle. Each file is replaced as a whole; a reader never sees half of one.
 */
export class HostTree {
  readonly root = mkdtempSync(join(tmpdir(), 'headroom-host-'));
  readonly #forget = atExit(() => rmSync(this.root, { recursive: true, force: true }));

  constructor(private readonly shape: HostShape = { cpuCores: 8, ramGb: 16 }) {
    const cpus = Array.from(
      { length: shape.cpuCores },
      (_, cpu) => `cpu${cpu} ${ticksSinceBoot} ${ticksSinceBoot} ${ticksSinceBoot} 0 0 0 0 0 0 0`,
    );
    this.#write('stat', ['cpu  0 0 0 0 0 0 0 0 0 0', ...cpus, ''].join('\n'));
    this.setBusyCores(0);
    this.setAvailableRam(shape.ramGb);
    for (const resource of ['cpu', 'memory', 'io'] as const) this.setPressure(resource, 0, 0);
  }

  /** CPU that is in use, in cores. */
  setBusyCores(cores: number): void {
    this.#write('loadavg', `${cores.toFixed(2)} 0.00 0.00 1/100 1000\n`);
  }

  /** RAM that is free, in GB of 1024 MB. */
  setAvailableRam(gb: number): void {
    const kb = (value: number) => `${Math.round(value * kbPerGb)} kB`;
    this.#write('meminfo', `MemTotal: ${kb(this.shape.ramGb)}\nMemAvailable: ${kb(gb)}\n`);
  }

  /** Percent of the last ten seconds in which some, or all, tasks stood still for want of a resource. */
  setPressure(resource: 'cpu' | 'memory' | 'io', some: number, full: number): void {
    const line = (kind: string, percent: number) =>
      `${kind} avg10=${percent.toFixed(2)} avg60=0.00 avg300=0.00 total=0\n`;
    this.#write(`pressure/${resource}`, line('some', some) + line('full', full));
  }

  remove(): void {
    this.#forget();
    rmSync(this.root, { recursive: true, force: true });
  }

  #write(name: string, text: string): void {
    const path = join(this.root, 'proc', name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(`${path}.new`, text);
    renameSync(`${path}.new`, path);
  }
}
