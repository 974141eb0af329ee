import { readFileSync, readlinkSync } from 'node:fs';

/**
 * Identifies a process, also after its id has been given to another one: `<pid>.<start>`, the start in clock ticks since
 * the boot.
 *
 * @returns null when there is no such process, or no `/proc`
 */
export function processIdentity(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name of the program, in parentheses, may hold anything. `starttime` is field 22 of the whole line.
    const start = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]!;
    return `${pid}.${start}`;
  } catch {
    return null;
  }
}

/** The namespace of this process's id; empty where the system has none. */
export function pidNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}
