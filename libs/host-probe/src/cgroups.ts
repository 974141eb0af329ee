import type { FileTree } from './file-tree.js';

export type CgroupVersion = 'cgroup-v1' | 'cgroup-v2';

/** One cgroup that contains the process: its path in the hierarchy and the folder it is seen at. */
interface CgroupLevel {
  readonly path: string;
  readonly dir: string;
}

/** The chain of cgroups that bind the process for one controller, from its own (first) up to the mount point. */
export interface CgroupChain {
  readonly version: CgroupVersion;
  readonly levels: readonly CgroupLevel[];
}

/** The chains of one process; null where the controller has no hierarchy that can be seen. */
export interface CgroupMembership {
  readonly cpu: CgroupChain | null;
  /** Where v1 counts CPU time; a hierarchy of its own or the one of `cpu`. */
  readonly cpuacct: CgroupChain | null;
  readonly memory: CgroupChain | null;
  /** The v2 hierarchy, whatever controllers it has: it keeps the pressure figures of its groups. */
  readonly unified: CgroupChain | null;
}

interface CgroupMount {
  readonly version: CgroupVersion;
  readonly controllers: readonly string[];
  /** The cgroup that the mount point shows. */
  readonly root: string;
  readonly mountPoint: string;
}

/**
 * Finds the process's chain for each controller, from the texts of `/proc/PID/mountinfo` and `/proc/PID/cgroup`.
 * A controller that the latter names belongs to v1, any other to v2 (cgroups(7)), so hybrid hosts need no case.
 */
export function findCgroups(mountInfo: string, procCgroup: string, files: FileTree): CgroupMembership {
  const mounts = parseCgroupMounts(mountInfo);
  const paths = parseProcCgroup(procCgroup);
  const v1 = (controller: string): CgroupChain | null =>
    findChain(
      'cgroup-v1',
      mounts.filter((mount) => mount.controllers.includes(controller)),
      paths.get(controller),
      files,
    );
  const unified = findChain(
    'cgroup-v2',
    mounts.filter((mount) => mount.version === 'cgroup-v2'),
    paths.get(''),
    files,
  );
  return {
    cpu: paths.has('cpu') ? v1('cpu') : unified,
    cpuacct: paths.has('cpuacct') ? v1('cpuacct') : null,
    memory: paths.has('memory') ? v1('memory') : unified,
    unified,
  };
}

/** Lines `ID:controller,controller:/path`; v2's has neither, and is kept under the empty name. */
function parseProcCgroup(text: string): Map<string, string> {
  const paths = new Map<string, string>();
  for (const line of text.split('\n')) {
    const match = /^\d+:([^:]*):(\/.*)$/.exec(line);
    if (match === null) continue;
    for (const controller of match[1]!.split(',')) paths.set(controller, match[2]!);
  }
  return paths;
}

/** Lines `id parent major:minor root mount-point options [optional…] - type source super-options` (proc(5)). */
function parseCgroupMounts(mountInfo: string): CgroupMount[] {
  const byMountPoint = new Map<string, CgroupMount>();
  for (const line of mountInfo.split('\n')) {
    const [before, after] = line.split(' - ', 2);
    if (before === undefined || after === undefined) continue;
    const [, , , root = '/', mountPoint = ''] = before.split(' ').map(unescapeOctal);
    const [type, , superOptions = ''] = after.split(' ');
    // A later mount over the same point hides the earlier one, of whatever type.
    byMountPoint.delete(mountPoint);
    if (type === 'cgroup' || type === 'cgroup2') {
      const version = type === 'cgroup2' ? 'cgroup-v2' : 'cgroup-v1';
      const controllers = version === 'cgroup-v1' ? superOptions.split(',') : [];
      byMountPoint.set(mountPoint, { version, controllers, root, mountPoint });
    }
  }
  return [...byMountPoint.values()];
}

/** Spaces, tabs, newlines and backslashes are written as `\040` and the like. */
function unescapeOctal(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
}

/**
 * The chain through the mount that shows the most levels. Where the path is not below any mount (a host's path seen
 * from a container's mounts), the longest tail of the path that exists there is taken, and the mount point alone when
 * none does: the group mounted there is the nearest thing to ours that can be seen.
 */
function findChain(
  version: CgroupVersion,
  mounts: readonly CgroupMount[],
  path: string | undefined,
  files: FileTree,
): CgroupChain | null {
  if (path === undefined || mounts.length === 0) return null;
  const widestFirst = [...mounts].sort((a, b) => a.root.length - b.root.length);
  for (const mount of widestFirst) {
    const below = pathBelow(path, mount.root);
    if (below !== null && files.isDirectory(mount.mountPoint + below)) {
      return { version, levels: levelsUp(mount, below) };
    }
  }
  const visible = widestFirst.filter((mount) => files.isDirectory(mount.mountPoint));
  for (const tail of tailsOf(path)) {
    const mount = visible.find(({ mountPoint }) => files.isDirectory(mountPoint + tail));
    if (mount !== undefined) return { version, levels: levelsUp(mount, tail) };
  }
  return null;
}

/** `/docker/abc/init` below `/docker/abc` is `/init`; the root itself is the empty string; null when it is not below. */
function pathBelow(path: string, root: string): string | null {
  const prefix = root === '/' ? '' : root;
  if (path === '/' || path === root) return path === root ? '' : null;
  return path.startsWith(`${prefix}/`) && !path.includes('/..', prefix.length)
    ? path.slice(prefix.length)
    : null;
}

/** `/a/b` has the tails `/a/b`, `/b` and the empty one; a path that leads up and out has the empty one only. */
function tailsOf(path: string): string[] {
  const names = path.split('/').filter((name) => name !== '');
  if (names.includes('..')) return [''];
  return [...names.map((_, index) => `/${names.slice(index).join('/')}`), ''];
}

function levelsUp(mount: CgroupMount, below: string): CgroupLevel[] {
  const prefix = mount.root === '/' ? '' : mount.root;
  const levels: CgroupLevel[] = [];
  for (let rest = below; rest !== ''; rest = rest.slice(0, rest.lastIndexOf('/'))) {
    levels.push({ path: prefix + rest, dir: mount.mountPoint + rest });
  }
  levels.push({ path: mount.root, dir: mount.mountPoint });
  return levels;
}
