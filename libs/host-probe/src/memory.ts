import type { CgroupChain } from './cgroups.js';
import type { FileTree } from './file-tree.js';
import type { LimitSource } from './host-sample.js';

/** RAM in bytes, and the folder of the cgroup that sets the total (null: the machine does). */
export interface MemoryReading {
  readonly total: number;
  readonly available: number;
  readonly source: LimitSource;
  readonly limitedBy: string | null;
}

const BYTES_PER_KB = 1024;

/**
 * Total = min(MemTotal, every level's limit); available = min(MemAvailable, every level's limit − (usage −
 * inactive_file)). Each level is asked, because siblings use up a parent's limit; inactive file cache is given back by
 * the kernel before anybody is killed, so it counts as free. Throws where `/proc/meminfo` has no total.
 */
export function readMemory(chain: CgroupChain | null, files: FileTree): MemoryReading {
  const machine = parseMemInfo(files.read('/proc/meminfo') ?? '');
  let { total, available } = machine;
  let source: LimitSource = 'host';
  let limitedBy: string | null = null;
  for (const { dir } of chain?.levels ?? []) {
    const names = FILES[chain!.version];
    const limit = Math.min(...names.limits.map((name) => bytes(files.read(`${dir}/${name}`))));
    // A limit of the machine's size or above is none; v1 writes "none" as a number near 2^63.
    if (!(limit < machine.total)) continue;
    const usage = files.read(`${dir}/${names.usage}`);
    if (usage !== null) {
      const inactiveFile = field(names.inactiveFile, files.read(`${dir}/memory.stat`) ?? '') ?? 0;
      available = Math.min(available, limit - (Number(usage) - inactiveFile));
    }
    if (limit < total) {
      total = limit;
      source = chain!.version;
      limitedBy = dir;
    }
  }
  return { total, available: Math.max(0, Math.min(available, total)), source, limitedBy };
}

const FILES = {
  'cgroup-v1': {
    limits: ['memory.limit_in_bytes'],
    usage: 'memory.usage_in_bytes',
    // v1's plain `inactive_file` leaves the groups below out.
    inactiveFile: /^total_inactive_file (\d+)/m,
  },
  'cgroup-v2': {
    // At memory.high the kernel begins to throttle: a task that must pass it to go on is as good as stopped.
    limits: ['memory.max', 'memory.high'],
    usage: 'memory.current',
    inactiveFile: /^inactive_file (\d+)/m,
  },
} as const;

/** A limit file's number; `max`, and a file that is not there, are no limit. */
function bytes(text: string | null): number {
  return text === null || text.startsWith('max') ? Infinity : Number(text);
}

/** Kernels before 3.14 have no MemAvailable; free memory and caches stand in for it. */
function parseMemInfo(text: string): { total: number; available: number } {
  const kb = (name: string): number | null => field(new RegExp(`^${name}:\\s+(\\d+)`, 'm'), text);
  const total = kb('MemTotal');
  if (total === null) throw new Error('/proc/meminfo has no MemTotal');
  const available = kb('MemAvailable') ?? (kb('MemFree') ?? 0) + (kb('Buffers') ?? 0) + (kb('Cached') ?? 0);
  return { total: total * BYTES_PER_KB, available: available * BYTES_PER_KB };
}

function field(pattern: RegExp, text: string): number | null {
  const match = pattern.exec(text);
  return match === null ? null : Number(match[1]);
}
