import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from './waiting.mjs';

const dist = join(import.meta.dirname, '..', '..', 'dist');
export const serverEntry = join(dist, 'src', 'main.js');
const childEntries = [
  join(dist, 'src', 'queue', 'execution', 'task-process-entry.js'),
  join(dist, 'src', 'database', 'pglite-initialise.js'),
];

/** All processes of this machine: pid, parent, start time (which tells a reused pid), state and command line. */
export function processes() {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0');
        return [
          { pid: Number(name), state: fields[0], parent: Number(fields[1]), startedAt: fields[19], command },
        ];
      } catch {
        return [];
      }
    });
}

/** The task processes of a server. */
export function childrenOf(pid) {
  return processes().filter(
    ({ parent, command, state }) => parent === pid && state !== 'Z' && isChild(command),
  );
}

/** All that descends from a process, itself included. */
export function treeOf(pid) {
  const all = processes();
  const tree = [pid];
  for (const parent of tree) tree.push(...all.filter((one) => one.parent === parent).map((one) => one.pid));
  return tree;
}

/**
 * Task processes whose server is gone. They get a moment to end, for the kernel tells them of its death: longer
 * on a busy machine than it should take.
 *
 * @returns their command lines
 */
export async function orphans(withinMs = 15_000) {
  let left = [];
  const areGone = () => {
    const all = processes();
    const servers = new Set(all.filter(({ command }) => command.includes(serverEntry)).map(({ pid }) => pid));
    left = all.filter(
      ({ command, parent, state }) => state !== 'Z' && isChild(command) && !servers.has(parent),
    );
    return left.length === 0;
  };
  await eventually(areGone, withinMs).catch(() => undefined);
  return left.map(({ pid, parent, command }) => `${pid} (parent ${parent}): ${command.join(' ').trim()}`);
}

function isChild(command) {
  return childEntries.some((entry) => command.includes(entry));
}
