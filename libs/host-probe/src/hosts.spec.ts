import { afterEach, describe, expect, it } from '@jest/globals';
import { FixtureHost, GB, MB, memInfo, procStat, psi, status } from './fixture-host.contract.js';
import type { CpuSecond, HostFiles } from './fixture-host.contract.js';
import type { HostSample } from './host-sample.js';

interface HostCase {
  readonly name: string;
  /** What each online CPU does in the second between the two readings. */
  readonly cpus: Readonly<Record<number, CpuSecond>>;
  readonly files: HostFiles;
  /** Files that move in that second: text before, text after. */
  readonly counters?: Readonly<Record<string, readonly [string, string]>>;
  readonly expected: Partial<HostSample>;
}

const CG = '/sys/fs/cgroup';
const V2_MOUNT = `30 23 0:26 / ${CG} rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n`;
const NO_V1_LIMIT = String(2 ** 63 - 4096);
const half: CpuSecond = { user: 30, system: 20, idle: 40, iowait: 10 };
const free: CpuSecond = { idle: 100 };
const full: CpuSecond = { user: 100 };

/** The same second for CPUs 0 to count − 1. */
function each(count: number, second: CpuSecond): Record<number, CpuSecond> {
  return Object.fromEntries(Array.from({ length: count }, (_, cpu) => [cpu, second]));
}

function v1Mount(id: number, controllers: string, root: string, mountPoint = `${CG}/${controllers}`): string {
  return `${id} 31 0:${id} ${root} ${mountPoint} rw,relatime shared:${id} - cgroup cgroup rw,${controllers}\n`;
}

const hosts: HostCase[] = [
  {
    // 4 CPUs, each 50 of 100 ticks idle or in iowait: 4 × 500. RAM as /proc/meminfo says. Machine's PSI.
    name: 'a bare v2 machine: the whole machine, the root having no limit files',
    cpus: each(4, half),
    files: {
      '/proc/meminfo': memInfo(16_384, 12_800),
      '/proc/self/status': status('0-3'),
      '/proc/self/cgroup': '0::/user.slice/session-1.scope\n',
      '/proc/self/mountinfo': V2_MOUNT,
      '/proc/pressure/cpu': psi(1.5),
      '/proc/pressure/memory': psi(0.25, 0.1),
      '/proc/pressure/io': psi(7),
      [`${CG}/cpu.stat`]: 'usage_usec 1\n',
      [`${CG}/user.slice/session-1.scope/cpu.max`]: 'max 100000\n',
      [`${CG}/user.slice/session-1.scope/memory.max`]: 'max\n',
    },
    expected: {
      totalCpuMillicores: 4000,
      availableCpuMillicores: 2000,
      cpuUsagePercent: 50,
      totalRamMb: 16_384,
      availableRamMb: 12_800,
      ramUsagePercent: 21.9, // 3584 / 16384 = 21.875 %
      pressure: { cpu: 1.5, memory: 0.25, io: 7, memoryFull: 0.1 },
      limits: { cpuSource: 'host', ramSource: 'host' },
    },
  },
  {
    // Quota 2 cores, 0.4 s of CPU used in 1 s: 1600 left; the machine has 8 × 1000 idle. RAM: 4096 − (3000 − 1000).
    name: 'docker on v2 with a quota and a memory limit, its cgroup namespace private',
    cpus: each(8, free),
    files: {
      '/proc/meminfo': memInfo(32_768, 30_000),
      '/proc/self/status': status('0-7'),
      '/proc/self/cgroup': '0::/\n',
      '/proc/self/mountinfo': V2_MOUNT,
      [`${CG}/cpu.max`]: '200000 100000\n',
      [`${CG}/memory.max`]: `${4 * GB}\n`,
      [`${CG}/memory.high`]: 'max\n',
      [`${CG}/memory.current`]: `${3000 * MB}\n`,
      [`${CG}/memory.stat`]: `anon 1\nactive_file 77\ninactive_file ${1000 * MB}\n`,
      [`${CG}/cpu.pressure`]: psi(12),
      [`${CG}/memory.pressure`]: psi(3, 2),
      [`${CG}/io.pressure`]: psi(1),
      '/proc/pressure/cpu': psi(80),
      '/proc/pressure/memory': psi(80, 80),
      '/proc/pressure/io': psi(80),
    },
    counters: {
      [`${CG}/cpu.stat`]: ['usage_usec 9000000\nuser_usec 1\n', 'usage_usec 9400000\nuser_usec 1\n'],
    },
    expected: {
      totalCpuMillicores: 2000,
      availableCpuMillicores: 1600,
      cpuUsagePercent: 20,
      totalRamMb: 4096,
      availableRamMb: 2096,
      ramUsagePercent: 48.8, // 2000 / 4096
      pressure: { cpu: 12, memory: 3, io: 1, memoryFull: 2 },
      limits: { cpuSource: 'cgroup-v2', ramSource: 'cgroup-v2' },
    },
  },
  {
    // Quota 150/100 = 1.5 cores, 0.9 s used (cpuacct counts ns): 600 left. RAM: 2048 − (1500 − 500).
    // Its own v1 inactive_file (3) leaves children out, so total_inactive_file counts.
    name: 'docker on v1: the mount shows the container, /proc/self/cgroup the path on the host',
    cpus: each(4, free),
    files: {
      '/proc/meminfo': memInfo(16_384, 10_000),
      '/proc/self/status': status('0-3'),
      '/proc/self/cgroup': '5:cpu,cpuacct:/docker/abc\n4:memory:/docker/abc\n1:name=systemd:/docker/abc\n',
      '/proc/self/mountinfo':
        v1Mount(40, 'cpu,cpuacct', '/docker/abc') + v1Mount(41, 'memory', '/docker/abc'),
      [`${CG}/cpu,cpuacct/cpu.cfs_quota_us`]: '150000\n',
      [`${CG}/cpu,cpuacct/cpu.cfs_period_us`]: '100000\n',
      [`${CG}/memory/memory.limit_in_bytes`]: `${2 * GB}\n`,
      [`${CG}/memory/memory.usage_in_bytes`]: `${1500 * MB}\n`,
      [`${CG}/memory/memory.stat`]: `cache 1\ninactive_file 3\ntotal_inactive_file ${500 * MB}\n`,
      '/proc/pressure/cpu': psi(4),
    },
    counters: { [`${CG}/cpu,cpuacct/cpuacct.usage`]: ['1000000000\n', '1900000000\n'] },
    expected: {
      totalCpuMillicores: 1500,
      availableCpuMillicores: 600,
      cpuUsagePercent: 60,
      totalRamMb: 2048,
      availableRamMb: 1048,
      pressure: { cpu: 4, memory: null, io: null, memoryFull: null },
      limits: { cpuSource: 'cgroup-v1', ramSource: 'cgroup-v1' },
    },
  },
  {
    // Pod: 2 cores, 1.7 s used by it and its siblings: 300 left. Container: 4 cores, 0.2 s: 3800. min = 300.
    // Pod RAM: 1024 − (900 − 100) = 224; container: 2048 − 300 = 1748; min = 224; total = the pod's 1024.
    name: 'a pod on v2: the parent limits, and the siblings have used most of it',
    cpus: each(16, free),
    files: {
      '/proc/meminfo': memInfo(65_536, 50_000),
      '/proc/self/status': status('0-15'),
      '/proc/self/cgroup': '0::/kubepods/pod7/c1\n',
      '/proc/self/mountinfo': V2_MOUNT,
      [`${CG}/kubepods/cpu.max`]: 'max 100000\n',
      [`${CG}/kubepods/memory.max`]: `${60 * GB}\n`,
      [`${CG}/kubepods/memory.current`]: `${20 * GB}\n`,
      [`${CG}/kubepods/pod7/cpu.max`]: '200000 100000\n',
      [`${CG}/kubepods/pod7/memory.max`]: `${1024 * MB}\n`,
      [`${CG}/kubepods/pod7/memory.current`]: `${900 * MB}\n`,
      [`${CG}/kubepods/pod7/memory.stat`]: `inactive_file ${100 * MB}\n`,
      [`${CG}/kubepods/pod7/memory.pressure`]: psi(9, 5),
      [`${CG}/kubepods/pod7/cpu.pressure`]: psi(30),
      [`${CG}/kubepods/pod7/c1/cpu.max`]: '400000 100000\n',
      [`${CG}/kubepods/pod7/c1/memory.max`]: `${2048 * MB}\n`,
      [`${CG}/kubepods/pod7/c1/memory.current`]: `${300 * MB}\n`,
      [`${CG}/kubepods/pod7/c1/memory.pressure`]: psi(1, 1),
    },
    counters: {
      [`${CG}/kubepods/cpu.stat`]: ['usage_usec 10000000\n', 'usage_usec 15000000\n'],
      [`${CG}/kubepods/pod7/cpu.stat`]: ['usage_usec 7000000\n', 'usage_usec 8700000\n'],
      [`${CG}/kubepods/pod7/c1/cpu.stat`]: ['usage_usec 1000000\n', 'usage_usec 1200000\n'],
    },
    expected: {
      totalCpuMillicores: 2000,
      availableCpuMillicores: 300,
      totalRamMb: 1024,
      availableRamMb: 224,
      pressure: { cpu: 30, memory: 9, io: null, memoryFull: 5 },
      limits: { cpuSource: 'cgroup-v2', ramSource: 'cgroup-v2' },
    },
  },
  {
    // CPUQuota=300% on the slice, 1 s used: 2000 left. The service has 250 %, 0.1 s: 2400. Total 2500, available 2000.
    name: 'a systemd service: its own quota is the total, its slice has less left',
    cpus: each(8, free),
    files: {
      '/proc/meminfo': memInfo(8192, 6000),
      '/proc/self/status': status('0-7'),
      '/proc/self/cgroup': '0::/trading.slice/headroom.service\n',
      '/proc/self/mountinfo': V2_MOUNT,
      [`${CG}/trading.slice/cpu.max`]: '300000 100000\n',
      [`${CG}/trading.slice/memory.max`]: 'max\n',
      [`${CG}/trading.slice/headroom.service/cpu.max`]: '250000 100000\n',
      [`${CG}/trading.slice/headroom.service/memory.max`]: 'max\n',
    },
    counters: {
      [`${CG}/trading.slice/cpu.stat`]: ['usage_usec 5000000\n', 'usage_usec 6000000\n'],
      [`${CG}/trading.slice/headroom.service/cpu.stat`]: ['usage_usec 100000\n', 'usage_usec 200000\n'],
    },
    expected: {
      totalCpuMillicores: 2500,
      availableCpuMillicores: 2000,
      totalRamMb: 8192,
      availableRamMb: 6000,
      limits: { cpuSource: 'cgroup-v2', ramSource: 'host' },
    },
  },
  {
    // Only CPUs 7 (half idle) and 40 (idle) are ours: 500 + 1000, whatever the other 62 do.
    name: 'a cpuset of 2 of 64 CPUs',
    cpus: { ...each(64, full), 7: half, 40: free },
    files: {
      '/proc/meminfo': memInfo(262_144, 200_000),
      '/proc/self/status': status('7,40'),
      '/proc/self/cgroup': '0::/\n',
      '/proc/self/mountinfo': V2_MOUNT,
      [`${CG}/cpuset.cpus.effective`]: '7,40\n',
      [`${CG}/cpu.max`]: 'max 100000\n',
    },
    expected: {
      totalCpuMillicores: 2000,
      availableCpuMillicores: 1500,
      limits: { cpuSource: 'host', ramSource: 'host' },
    },
  },
  {
    // 0.5 s of CPU used of half a core: nothing left, though the machine's two CPUs are 75 % idle.
    name: 'half a core, saturated, on a quiet machine',
    cpus: { 0: half, 1: free },
    files: {
      '/proc/meminfo': memInfo(4096, 3000),
      '/proc/self/status': status('0-1'),
      '/proc/self/cgroup': '0::/\n',
      '/proc/self/mountinfo': V2_MOUNT,
      [`${CG}/cpu.max`]: '50000 100000\n',
    },
    counters: { [`${CG}/cpu.stat`]: ['usage_usec 0\n', 'usage_usec 500000\n'] },
    expected: { totalCpuMillicores: 500, availableCpuMillicores: 0, cpuUsagePercent: 100 },
  },
  {
    // Quota 2 cores, 0.1 s used: 1900 by the quota; but the neighbours leave 2 × 500 + 0 + 0 of the 4 CPUs idle.
    name: 'a quota on a machine that its neighbours keep busy',
    cpus: { 0: half, 1: half, 2: full, 3: full },
    files: {
      '/proc/meminfo': memInfo(8192, 500),
      '/proc/self/status': status('0-3'),
      '/proc/self/cgroup': '0::/\n',
      '/proc/self/mountinfo': V2_MOUNT,
      [`${CG}/cpu.max`]: '200000 100000\n',
      [`${CG}/memory.max`]: `${4 * GB}\n`,
      [`${CG}/memory.current`]: `${100 * MB}\n`,
    },
    counters: { [`${CG}/cpu.stat`]: ['usage_usec 0\n', 'usage_usec 100000\n'] },
    expected: {
      totalCpuMillicores: 2000,
      availableCpuMillicores: 1000,
      totalRamMb: 4096,
      availableRamMb: 500, // the machine's own, below 4096 − 100
    },
  },
  {
    // v1 writes "no limit" as 2^63 less a page, and −1 for no quota. Another level names more RAM than the machine has.
    name: 'v1 without any limit',
    cpus: each(2, half),
    files: {
      '/proc/meminfo': memInfo(2048, 1024),
      '/proc/self/status': status('0-1'),
      '/proc/self/cgroup': '3:memory:/a/b\n2:cpu,cpuacct:/a/b\n',
      '/proc/self/mountinfo': v1Mount(40, 'cpu,cpuacct', '/') + v1Mount(41, 'memory', '/'),
      [`${CG}/cpu,cpuacct/cpu.cfs_quota_us`]: '-1\n',
      [`${CG}/cpu,cpuacct/a/b/cpu.cfs_quota_us`]: '-1\n',
      [`${CG}/cpu,cpuacct/a/b/cpu.cfs_period_us`]: '100000\n',
      [`${CG}/memory/memory.limit_in_bytes`]: NO_V1_LIMIT,
      [`${CG}/memory/a/memory.limit_in_bytes`]: `${3 * GB}\n`,
      [`${CG}/memory/a/memory.usage_in_bytes`]: `${3 * GB}\n`,
      [`${CG}/memory/a/b/memory.limit_in_bytes`]: NO_V1_LIMIT,
      [`${CG}/memory/a/b/memory.usage_in_bytes`]: `${1 * GB}\n`,
    },
    expected: {
      totalCpuMillicores: 2000,
      availableCpuMillicores: 1000,
      totalRamMb: 2048,
      availableRamMb: 1024,
      limits: { cpuSource: 'host', ramSource: 'host' },
    },
  },
  {
    // Memory is v1: 512 − 112. CPU is v2: no v1 line names it, 0.75 core with 0.25 s used: 500.
    // Pressure of the v1-limited memory comes from our group in the v2 hierarchy.
    name: 'a hybrid host: memory on v1, CPU on v2',
    cpus: each(2, free),
    files: {
      '/proc/meminfo': memInfo(2048, 1500),
      '/proc/self/status': status('0-1'),
      '/proc/self/cgroup': '7:memory:/app\n0::/app\n',
      '/proc/self/mountinfo':
        v1Mount(41, 'memory', '/') + `42 31 0:42 / ${CG}/unified rw - cgroup2 cgroup2 rw\n`,
      [`${CG}/memory/app/memory.limit_in_bytes`]: `${512 * MB}\n`,
      [`${CG}/memory/app/memory.usage_in_bytes`]: `${112 * MB}\n`,
      [`${CG}/unified/app/cpu.max`]: '75000 100000\n',
      [`${CG}/unified/app/memory.pressure`]: psi(6, 4),
      '/proc/pressure/memory': psi(50, 50),
      '/proc/pressure/cpu': psi(2),
    },
    counters: { [`${CG}/unified/app/cpu.stat`]: ['usage_usec 0\n', 'usage_usec 250000\n'] },
    expected: {
      totalCpuMillicores: 750,
      availableCpuMillicores: 500,
      totalRamMb: 512,
      availableRamMb: 400,
      pressure: { cpu: 2, memory: 6, io: null, memoryFull: 4 },
      limits: { cpuSource: 'cgroup-v2', ramSource: 'cgroup-v1' },
    },
  },
  {
    // Limits on v1, path "/" on v2 as in a private namespace: that group is ours, so its pressure is, where it has it.
    name: "a hybrid container: v1 limits, and pressure of its own group at the v2 namespace's root",
    cpus: each(2, free),
    files: {
      '/proc/meminfo': memInfo(2048, 1500),
      '/proc/self/status': status('0-1'),
      '/proc/self/cgroup': '2:cpu,cpuacct:/\n0::/\n',
      '/proc/self/mountinfo':
        v1Mount(40, 'cpu,cpuacct', '/') + `42 31 0:42 / ${CG}/unified rw - cgroup2 cgroup2 rw\n`,
      [`${CG}/cpu,cpuacct/cpu.cfs_quota_us`]: '100000\n',
      [`${CG}/cpu,cpuacct/cpu.cfs_period_us`]: '100000\n',
      [`${CG}/unified/cpu.pressure`]: psi(20),
      '/proc/pressure/cpu': psi(90),
      '/proc/pressure/memory': psi(1),
    },
    counters: { [`${CG}/cpu,cpuacct/cpuacct.usage`]: ['0\n', '250000000\n'] },
    expected: {
      totalCpuMillicores: 1000,
      availableCpuMillicores: 750,
      pressure: { cpu: 20, memory: 1, io: null, memoryFull: 0 },
      limits: { cpuSource: 'cgroup-v1', ramSource: 'host' },
    },
  },
  {
    // The path is the host's, the mount shows the container's group as its root "/": the mount point is ours.
    name: 'a host path that is not below the mount: the mount point speaks',
    cpus: each(4, free),
    files: {
      '/proc/meminfo': memInfo(8192, 8000),
      '/proc/self/status': status('0-3'),
      '/proc/self/cgroup': '0::/system.slice/docker-abc.scope\n',
      '/proc/self/mountinfo': V2_MOUNT,
      [`${CG}/cpu.max`]: '100000 100000\n',
      [`${CG}/memory.max`]: `${256 * MB}\n`,
      [`${CG}/memory.current`]: `${56 * MB}\n`,
    },
    counters: { [`${CG}/cpu.stat`]: ['usage_usec 0\n', 'usage_usec 300000\n'] },
    expected: { totalCpuMillicores: 1000, availableCpuMillicores: 700, totalRamMb: 256, availableRamMb: 200 },
  },
  {
    // The mount shows the pod; the path's tail /c1 is the container below it: 1 core − 0.1, and the pod's 2 − 1.5.
    name: "a host path whose tail is below the mount: the container's level and the pod's both count",
    cpus: each(4, free),
    files: {
      '/proc/meminfo': memInfo(8192, 8000),
      '/proc/self/status': status('0-3'),
      '/proc/self/cgroup': '0::/kubepods/pod7/c1\n',
      '/proc/self/mountinfo': V2_MOUNT,
      [`${CG}/cpu.max`]: '200000 100000\n',
      [`${CG}/c1/cpu.max`]: '100000 100000\n',
    },
    counters: {
      [`${CG}/cpu.stat`]: ['usage_usec 0\n', 'usage_usec 1500000\n'],
      [`${CG}/c1/cpu.stat`]: ['usage_usec 0\n', 'usage_usec 100000\n'],
    },
    expected: { totalCpuMillicores: 1000, availableCpuMillicores: 500 },
  },
  {
    // "/../../apps" is a group outside our namespace, not the folder of that name inside it.
    name: "a path above the namespace's root: the mount point speaks",
    cpus: each(4, free),
    files: {
      '/proc/meminfo': memInfo(8192, 8000),
      '/proc/self/status': status('0-3'),
      '/proc/self/cgroup': '0::/../../apps\n',
      '/proc/self/mountinfo': V2_MOUNT,
      [`${CG}/cpu.max`]: '300000 100000\n',
      [`${CG}/apps/cpu.max`]: '100000 100000\n',
    },
    counters: { [`${CG}/cpu.stat`]: ['usage_usec 0\n', 'usage_usec 0\n'] },
    expected: { totalCpuMillicores: 3000, availableCpuMillicores: 3000 },
  },
  {
    // Two mounts of one hierarchy: the one rooted at "/" shows the parent's limit too, so it is used: 1 core, 0.9 s.
    name: 'two mounts of the same hierarchy: the wider view wins',
    cpus: each(4, free),
    files: {
      '/proc/meminfo': memInfo(8192, 8000),
      '/proc/self/status': status('0-3'),
      '/proc/self/cgroup': '0::/parent/me\n',
      '/proc/self/mountinfo':
        `30 23 0:26 /parent/me ${CG} rw - cgroup2 cgroup2 rw\n` +
        '31 23 0:26 / /host\\040sys/cgroup rw - cgroup2 cgroup2 rw\n',
      [`${CG}/cpu.max`]: '200000 100000\n',
      '/host sys/cgroup/parent/cpu.max': '100000 100000\n',
      '/host sys/cgroup/parent/me/cpu.max': '200000 100000\n',
    },
    counters: {
      '/host sys/cgroup/parent/cpu.stat': ['usage_usec 0\n', 'usage_usec 900000\n'],
      '/host sys/cgroup/parent/me/cpu.stat': ['usage_usec 0\n', 'usage_usec 100000\n'],
    },
    expected: { totalCpuMillicores: 1000, availableCpuMillicores: 100 },
  },
  {
    // High 768 < max 1024: throttling begins at 768, so total 768 and 768 − (600 − 200) = 368.
    name: 'memory.high below memory.max',
    cpus: each(2, free),
    files: {
      '/proc/meminfo': memInfo(8192, 8000),
      '/proc/self/status': status('0-1'),
      '/proc/self/cgroup': '0::/\n',
      '/proc/self/mountinfo': V2_MOUNT,
      [`${CG}/memory.max`]: `${1024 * MB}\n`,
      [`${CG}/memory.high`]: `${768 * MB}\n`,
      [`${CG}/memory.current`]: `${600 * MB}\n`,
      [`${CG}/memory.stat`]: `inactive_file ${200 * MB}\n`,
    },
    expected: { totalRamMb: 768, availableRamMb: 368, limits: { cpuSource: 'host', ramSource: 'cgroup-v2' } },
  },
  {
    // No PSI, no MemAvailable: 1000 free + 24 buffers + 476 cached MB. No cgroup mounts at all.
    name: 'an old kernel without PSI, MemAvailable or cgroups',
    cpus: each(1, half),
    files: {
      '/proc/meminfo': [
        `MemTotal:  ${2000 * 1024} kB`,
        `MemFree:   ${1000 * 1024} kB`,
        `Buffers:   ${24 * 1024} kB`,
        `Cached:    ${476 * 1024} kB`,
        `SwapCached: 5 kB`,
        '',
      ].join('\n'),
      '/proc/self/status': 'Name:\tnode\n',
      '/proc/self/mountinfo': '22 27 0:21 / /proc rw - proc proc rw\n',
    },
    expected: {
      totalCpuMillicores: 1000,
      availableCpuMillicores: 500,
      totalRamMb: 2000,
      availableRamMb: 1500,
      ramUsagePercent: 25,
      pressure: { cpu: null, memory: null, io: null, memoryFull: null },
      limits: { cpuSource: 'host', ramSource: 'host' },
    },
  },
  {
    // CPU 0: 20 of 100 ticks stolen, 30 used, 50 idle: 500. Guest time is inside user already, so 100 ticks in all.
    // CPU 1: 25 user (of which 25 guest), 75 idle: 750.
    name: 'a virtual machine with stolen time: what the hypervisor took is not free',
    cpus: { 0: { user: 30, steal: 20, idle: 50 }, 1: { user: 25, guest: 25, idle: 75 } },
    files: { '/proc/meminfo': memInfo(1024, 512), '/proc/self/status': status('0-1') },
    expected: { totalCpuMillicores: 2000, availableCpuMillicores: 1250, cpuUsagePercent: 37.5 },
  },
  {
    name: 'an affinity mask wider than the machine: only CPUs that are online count',
    cpus: each(2, half),
    files: { '/proc/meminfo': memInfo(1024, 512), '/proc/self/status': status('0-127') },
    expected: { totalCpuMillicores: 2000, availableCpuMillicores: 1000 },
  },
  {
    name: 'a /proc/stat of the container that counts its CPUs from 0 (lxcfs)',
    cpus: { 0: half, 1: free },
    files: { '/proc/meminfo': memInfo(1024, 512), '/proc/self/status': status('1,9') },
    expected: { totalCpuMillicores: 2000, availableCpuMillicores: 1500 },
  },
  {
    // Time is counted for /a only; the quota of /a/b has nothing to subtract, so /a decides: 1 core − 0.6.
    name: 'v1 with cpuacct apart from cpu, and less deep',
    cpus: each(4, free),
    files: {
      '/proc/meminfo': memInfo(1024, 512),
      '/proc/self/status': status('0-3'),
      '/proc/self/cgroup': '2:cpuacct:/a\n1:cpu:/a/b\n',
      '/proc/self/mountinfo': v1Mount(40, 'cpu', '/') + v1Mount(41, 'cpuacct', '/'),
      [`${CG}/cpu/cpu.cfs_quota_us`]: '-1\n',
      [`${CG}/cpu/a/cpu.cfs_quota_us`]: '100000\n',
      [`${CG}/cpu/a/cpu.cfs_period_us`]: '100000\n',
      [`${CG}/cpu/a/b/cpu.cfs_quota_us`]: '20000\n',
      [`${CG}/cpu/a/b/cpu.cfs_period_us`]: '25000\n',
    },
    counters: { [`${CG}/cpuacct/a/cpuacct.usage`]: ['0\n', '600000000\n'] },
    expected: {
      totalCpuMillicores: 800,
      availableCpuMillicores: 400,
      limits: { cpuSource: 'cgroup-v1', ramSource: 'host' },
    },
  },
  {
    // The counters never move; the load of the last minute is 1.25 tasks: 4000 − 1250.
    name: 'a sandbox whose CPU counters stand still',
    cpus: each(4, {}),
    files: {
      '/proc/meminfo': memInfo(1024, 512),
      '/proc/self/status': status('0-3'),
      '/proc/loadavg': '1.25 0.80 0.50 2/120 4711\n',
    },
    expected: { totalCpuMillicores: 4000, availableCpuMillicores: 2750 },
  },
  {
    // A tmpfs was mounted over the first cgroup mount: its files are not the kernel's, so no limit is seen.
    name: 'a cgroup mount hidden by a later mount',
    cpus: each(2, free),
    files: {
      '/proc/meminfo': memInfo(1024, 512),
      '/proc/self/status': status('0-1'),
      '/proc/self/cgroup': '0::/\n',
      '/proc/self/mountinfo': `${V2_MOUNT}31 30 0:30 / ${CG} rw - tmpfs tmpfs rw\n`,
      [`${CG}/cpu.max`]: '50000 100000\n',
    },
    expected: { totalCpuMillicores: 2000, availableCpuMillicores: 2000 },
  },
];

describe('a host probe on', () => {
  let host: FixtureHost | undefined;
  afterEach(() => host?.dispose());

  it.each(hosts)('$name', async ({ cpus, files, counters = {}, expected }) => {
    const moving = Object.entries(counters);
    const noTicks = Object.fromEntries(Object.keys(cpus).map((cpu) => [cpu, {}]));
    host = new FixtureHost({
      ...files,
      '/proc/stat': procStat(noTicks),
      ...Object.fromEntries(moving.map(([path, [before]]) => [path, before])),
    });
    const probe = await host.createProbe();

    host.advance(1000);
    host.write({
      '/proc/stat': procStat(cpus),
      ...Object.fromEntries(moving.map(([path, [, after]]) => [path, after])),
    });

    expect(await probe.sample()).toMatchObject({ atMs: Date.UTC(2025, 0, 1, 0, 0, 1), ...expected });
  });
});
