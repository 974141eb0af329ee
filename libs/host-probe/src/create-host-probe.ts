import { setTimeout as delay } from 'node:timers/promises';
import { FileTree } from './file-tree.js';
import { assertOverrides, type HostProbe, type Overrides } from './host-sample.js';
import { loadOsFigures } from './os-figures.js';
import { OsHostProbe, type OsFigures } from './os-host-probe.js';
import { ProcHostProbe } from './proc-host-probe.js';

export interface HostProbeOptions extends Overrides {
  /** Where the file tree with `proc` and `sys` begins; `/` unless a test says otherwise. */
  readonly root?: string;
  /** Whose limits are read; the calling process's by default. */
  readonly pid?: number | 'self';
  /** Wall clock in ms, for `atMs`. */
  readonly now?: () => number;
  /** A clock in ms that never steps, for rates. */
  readonly monotonicNow?: () => number;
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
  const { cpuCoresOverride, ramGbOverride, pid = 'self', now = Date.now, wait = delay } = options;
  const { monotonicNow = () => performance.now() } = options;
  const files = new FileTree(options.root);
  const shared = { cpuCoresOverride, ramGbOverride, now, monotonicNow };
  const hasProc = files.read('/proc/stat') !== null && files.read('/proc/meminfo') !== null;
  const probe = hasProc
    ? new ProcHostProbe({ ...shared, files, pid })
    : new OsHostProbe({ ...shared, figures: options.osFigures ?? (await loadOsFigures()) });
  await wait(WARM_UP_MS);
  return probe;
}
