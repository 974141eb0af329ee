import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { Site, Unable } from '../site.mjs';
import { delay } from '../../../dist/tools/test-kit/index.js';

export const about =
  'a server without free file descriptors for seconds: tasks wait or say why, and all goes on after';
export const stores = ['embedded', 'postgres'];

/** Room for a connection or a file now and then, not for a process with its pipes. */
const freeDescriptors = 4;

export async function play(context) {
  const { random, rounds, progress } = context;
  if (spawnSync('prlimit', ['--version']).status !== 0) throw new Unable('there is no prlimit');
  const site = await Site.open(context);
  const server = await site.addServer('one');
  await site.signIn(['ana', 'ben']);
  const softLimit = /Max open files\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/limits`, 'utf8'))[1];
  site.startLoad();
  // Everything that a first task loads and opens is open from here on.
  await delay(3000);
  for (let round = 1; round <= rounds; round += 1) {
    progress(`round ${round} of ${rounds}: ${site.ledger.counts.accepted} tasks accepted`);
    limitOpenFiles(server.pid, limitThatLeaves(server.pid, freeDescriptors));
    await delay(random.between(1000, 4000));
    limitOpenFiles(server.pid, softLimit);
    await delay(random.between(200, 2000));
  }
  await site.verify({ allowedCodes: ['SPAWN_FAILED', 'TASK_FAILED', 'CRASHED'] });
  return site;
}

/** Sets the soft limit of open files of a running process. */
function limitOpenFiles(pid, limit) {
  const { status, stderr } = spawnSync('prlimit', [`--pid=${pid}`, `--nofile=${limit}:`], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`prlimit: ${stderr}`);
}

/** The soft limit at which so many numbers are left for new files. */
function limitThatLeaves(pid, free) {
  const open = new Set(readdirSync(`/proc/${pid}/fd`).map(Number));
  let limit = 0;
  for (let left = free; left > 0; limit += 1) if (!open.has(limit)) left -= 1;
  return limit;
}
