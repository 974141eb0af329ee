import { join } from 'node:path';
import { dist, processes, serverEntry, waitFor } from '../../dist/tools/test-kit/index.js';

const childEntries = [
  join(dist, 'src', 'queue', 'execution', 'task-process-entry.js'),
  join(dist, 'src', 'database', 'pglite-initialise.js'),
];

/** The task processes of a server. */
export function childrenOf(pid) {
  return processes().filter(
    ({ parent, command, state }) => parent === pid && state !== 'Z' && isChild(command),
  );
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
  await waitFor(areGone, withinMs).catch(() => undefined);
  return left.map(({ pid, parent, command }) => `${pid} (parent ${parent}): ${command.join(' ').trim()}`);
}

function isChild(command) {
  return childEntries.some((entry) => command.includes(entry));
}
