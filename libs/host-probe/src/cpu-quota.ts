import type { CgroupMembership, CgroupVersion } from './cgroups.js';
import type { FileTree } from './file-tree.js';

/** What one level of the chain says about CPU. */
export interface CpuQuota {
  readonly version: CgroupVersion;
  readonly dir: string;
  /** quota / period; Infinity where the level sets none. */
  readonly limitMillicores: number;
  /** CPU time that the level and all below it have used, in µs; null where nothing counts it for this level. */
  readonly usageUs: number | null;
}

/**
 * Reads quota and use of every level that can have a quota. Shares and weights are no limits and are not read. Use is
 * read without a quota too, so that a quota which is set later has a baseline at once.
 */
export function readCpuQuotas(cgroups: CgroupMembership, files: FileTree): CpuQuota[] {
  const chain = cgroups.cpu;
  if (chain === null) return [];
  const quotas: CpuQuota[] = [];
  for (const { path, dir } of chain.levels) {
    if (chain.version === 'cgroup-v2') {
      const limitMillicores = v2Limit(files.read(`${dir}/cpu.max`));
      if (limitMillicores === null) continue;
      quotas.push({ version: chain.version, dir, limitMillicores, usageUs: v2Usage(dir, files) });
    } else {
      const limitMillicores = v1Limit(dir, files);
      if (limitMillicores === null) continue;
      const counted = cgroups.cpuacct?.levels.find((level) => level.path === path);
      quotas.push({ version: chain.version, dir, limitMillicores, usageUs: v1Usage(counted?.dir, files) });
    }
  }
  return quotas;
}

/** `cpu.max`: `max 100000` or `QUOTA PERIOD`, both in µs; null where the level has no such file (the root). */
function v2Limit(cpuMax: string | null): number | null {
  if (cpuMax === null) return null;
  const [quota, period] = cpuMax.trim().split(' ');
  return quota === 'max' ? Infinity : millicores(Number(quota), Number(period));
}

/** `cpu.cfs_quota_us`, −1 for none, over `cpu.cfs_period_us`. */
function v1Limit(dir: string, files: FileTree): number | null {
  const quota = files.read(`${dir}/cpu.cfs_quota_us`);
  if (quota === null) return null;
  if (Number(quota) <= 0) return Infinity;
  return millicores(Number(quota), Number(files.read(`${dir}/cpu.cfs_period_us`)));
}

function millicores(quotaUs: number, periodUs: number): number {
  return periodUs > 0 ? (1000 * quotaUs) / periodUs : Infinity;
}

function v2Usage(dir: string, files: FileTree): number | null {
  const match = /^usage_usec (\d+)/m.exec(files.read(`${dir}/cpu.stat`) ?? '');
  return match === null ? null : Number(match[1]);
}

/** `cpuacct.usage` counts nanoseconds. */
function v1Usage(dir: string | undefined, files: FileTree): number | null {
  const text = dir === undefined ? null : files.read(`${dir}/cpuacct.usage`);
  return text === null ? null : Number(text) / 1000;
}
