import { setTimeout as delay } from 'node:timers/promises';
import { FileTree } from './file-tree.js';
import { assertOverrides, type HostProbe, type Overrides } from './host-sample.js';
import { loadOsFigures } from './os-figures.js';
import { OsHostProbe, type OsFigures } from './os-host-probe.js';
import { ProcHostProbe } from './proc-host-probe.js';
import { steadyNow } from './steady-clock.js';

export interface HostProbeOptions extends Overrides {
  /** Where the file tree with `proc` and `sys` begins; `/` unless a test says otherwise. */
  readonly root?: string;
  /** Whose limits are read; the calling process's by default. */
  readonly pid?: number | 'self';
  /** Time in ms since the epoch that never steps, for `atMs` and rates; {@link steadyNow} by default. */
  readonly now?: () => number;
  /** How the creation waits between its two readings. */
  readonly wait?: (ms: number) => Promise<void>;
  /** Figures of a system without `/proc`. */
  readonly osFigures?: OsFigures;
}

/** Long enough for 25 ticks of every CPU, short enough for nobody to notice at boot. */
const WARM_UP_MS = 250;

/**
 * Makes the probe that suits the machine, and resolves once its CPU counters have a baseline of 250 ms: the first
 * sample is as true as any later one. Rejects with a RangeError on an override that is not a positive number.
 */
export async function createHostProbe(options: HostProbeOptions = {}): Promise<HostProbe> {
  assertOverrides(options);
  const { cpuCoresOverride, ramGbOverride, pid = 'self', now = steadyNow, wait = delay } = options;
  const files = new FileTree(options.root);
  const shared = { cpuCoresOverride, ramGbOverride, now };
  const hasProc = files.read('/proc/stat') !== null && files.read('/proc/meminfo') !== null;
  const probe = hasProc
    ? new ProcHostProbe({ ...shared, files, pid })
    : new OsHostProbe({ ...shared, figures: options.osFigures ?? (await loadOsFigures()) });
  await wait(WARM_UP_MS);
  return probe;
}
