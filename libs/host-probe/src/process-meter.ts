import { SHORTEST_INTERVAL_MS } from './cpu-times.js';
import { FileTree } from './file-tree.js';
import { BYTES_PER_MB } from './host-sample.js';
import { steadyNow } from './steady-clock.js';

/** The use of one process and of the processes it has started; MB of 2^20 bytes, rounded up. */
export interface ProcessUse {
  /** Mean since the previous call; since the process's start at the first. */
  readonly cpuMillicores: number;
  /** User and system time since the start, in seconds, ended children included. */
  readonly cpuSeconds: number;
  /** Memory that only these processes have and no disk can give back (RssAnon). */
  readonly rssMb: number;
  /** High-water mark of the resident set (VmHWM), file pages included: an upper bound of the need. */
  readonly peakRssMb: number;
}

export interface ProcessMeterOptions {
  readonly root?: string;
  /** Time in ms that never steps; {@link steadyNow} by default. */
  readonly now?: () => number;
}

interface Tracked {
  readonly startTicks: number;
  atMs: number;
  cpuSeconds: number;
  cpuMillicores: number;
  peakRssKb: number;
}

interface TreeUse {
  cpuTicks: number;
  rssKb: number;
  peakRssKb: number;
}

/** USER_HZ, fixed at 100 by the kernel's interface on every platform that Node runs on. */
const TICKS_PER_SECOND = 100;
const KB_PER_MB = BYTES_PER_MB / 1024;

/**
 * Measures processes from `/proc/PID/stat` and `status`, three small files each. Children are included, as deep as
 * they go, when the process's first thread started them (Node's `child_process` on the main thread does); the time of
 * children that have ended is in the parent's own counters. The meter remembers a process until it is gone.
 */
export class ProcessMeter {
  readonly #files: FileTree;
  readonly #now: () => number;
  readonly #tracked = new Map<number, Tracked>();

  constructor(options: ProcessMeterOptions = {}) {
    this.#files = new FileTree(options.root);
    this.#now = options.now ?? steadyNow;
  }

  /** False where there is no `/proc`: then `measure` knows nothing, and its null does not mean that a process is gone. */
  get isSupported(): boolean {
    return this.#files.read('/proc/stat') !== null;
  }

  /** Null when the process is gone, also when another one has taken its number since the previous call. */
  measure(pid: number): ProcessUse | null {
    const own = this.#readStat(pid);
    const known = this.#tracked.get(pid);
    if (own === null || (known !== undefined && known.startTicks !== own.startTicks)) {
      this.#tracked.delete(pid);
      return null;
    }
    const atMs = this.#now();
    const tree: TreeUse = { cpuTicks: own.cpuTicks, rssKb: 0, peakRssKb: 0 };
    this.#addMemory(pid, tree);
    this.#addChildren(pid, tree);
    const cpuSeconds = tree.cpuTicks / TICKS_PER_SECOND;
    const tracked = known ?? this.#track(pid, own.startTicks, atMs);
    const elapsedMs = atMs - tracked.atMs;
    if (elapsedMs >= SHORTEST_INTERVAL_MS) {
      // A child that nobody waited for takes its time with it, so the sum may step back.
      tracked.cpuMillicores = Math.round((1e6 * Math.max(0, cpuSeconds - tracked.cpuSeconds)) / elapsedMs);
      tracked.cpuSeconds = cpuSeconds;
      tracked.atMs = atMs;
    }
    tracked.peakRssKb = Math.max(tracked.peakRssKb, tree.peakRssKb);
    return {
      cpuMillicores: tracked.cpuMillicores,
      cpuSeconds,
      rssMb: Math.ceil(tree.rssKb / KB_PER_MB),
      peakRssMb: Math.ceil(tracked.peakRssKb / KB_PER_MB),
    };
  }

  /** Drops what is remembered of a process that will not be measured again. */
  forget(pid: number): void {
    this.#tracked.delete(pid);
  }

  /** The baseline of a process first seen is its start, at which it had used nothing. */
  #track(pid: number, startTicks: number, atMs: number): Tracked {
    const [uptime = ''] = (this.#files.read('/proc/uptime') ?? '').split(' ', 1);
    const ageMs = 1000 * (Number(uptime) - startTicks / TICKS_PER_SECOND);
    const tracked: Tracked = {
      startTicks,
      atMs: atMs - Math.max(ageMs, SHORTEST_INTERVAL_MS),
      cpuSeconds: 0,
      cpuMillicores: 0,
      peakRssKb: 0,
    };
    this.#tracked.set(pid, tracked);
    return tracked;
  }

  /** Fields after the name, which stands in parentheses and may hold spaces and parentheses itself (proc(5)). */
  #readStat(pid: number): { cpuTicks: number; startTicks: number } | null {
    const text = this.#files.read(`/proc/${pid}/stat`);
    if (text === null) return null;
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const state = fields[0];
    if (state === 'Z' || state === 'X') return null;
    // utime, stime, cutime, cstime and starttime are fields 14 to 17 and 22 of the whole line.
    const cpuTicks = Number(fields[11]) + Number(fields[12]) + Number(fields[13]) + Number(fields[14]);
    return { cpuTicks, startTicks: Number(fields[19]) };
  }

  #addMemory(pid: number, tree: TreeUse): void {
    const status = this.#files.read(`/proc/${pid}/status`) ?? '';
    tree.rssKb += kilobytes('RssAnon', status);
    tree.peakRssKb += kilobytes('VmHWM', status);
  }

  #addChildren(pid: number, tree: TreeUse): void {
    const list = this.#files.read(`/proc/${pid}/task/${pid}/children`)?.trim() ?? '';
    if (list === '') return;
    for (const child of list.split(' ').map(Number)) {
      const stat = this.#readStat(child);
      if (stat === null) continue;
      tree.cpuTicks += stat.cpuTicks;
      this.#addMemory(child, tree);
      this.#addChildren(child, tree);
    }
  }
}

/** A line `VmHWM:     2188 kB` of `/proc/PID/status`; 0 where the process has no memory of its own. */
function kilobytes(name: string, status: string): number {
  const at = status.indexOf(`\n${name}:`);
  return at === -1 ? 0 : parseInt(status.slice(at + name.length + 2), 10);
}
