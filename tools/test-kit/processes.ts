import { readdirSync, readFileSync } from 'node:fs';

export interface ProcessInfo {
  readonly pid: number;
  readonly parent: number;
  /** One letter of proc(5); `Z` is a zombie. */
  readonly state: string;
  /** Ticks since boot; tells a process from a later one with its number. */
  readonly startedAt: string;
  readonly command: readonly string[];
}

/** All processes of this machine, from `/proc`. */
export function processes(): ProcessInfo[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0');
        const [state, parent, startedAt] = [fields[0]!, Number(fields[1]), fields[19]!];
        return [{ pid: Number(name), parent, state, startedAt, command }];
      } catch {
        // It has ended meanwhile.
        return [];
      }
    });
}

/** All that descends from a process, itself first. */
export function treeOf(pid: number): number[] {
  const all = processes();
  const tree = [pid];
  for (const parent of tree) tree.push(...all.filter((one) => one.parent === parent).map((one) => one.pid));
  return tree;
}

/** Kills a process and all that descends from it, without an error for those that have ended. */
export function killTree(pid: number): void {
  for (const one of treeOf(pid)) kill(one);
}

export function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}
