import { spawnSync } from 'node:child_process';
import { closeSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { Site, Unable } from '../site.mjs';
import { delay, waitFor } from '../../../dist/tools/test-kit/index.js';

export const about = 'a full data folder: clear errors, and everything works again when there is room';
export const stores = ['embedded', 'postgres'];

const megabytes = 320;
const fullForMs = 8000;

export async function play(context) {
  const { random, rounds, progress, leftovers } = context;
  const folder = leftovers.folder('small');
  mountSmall(folder, leftovers);
  const site = await Site.open(context, { folder });
  const server = await site.addServer('one');
  await site.signIn(['ana', 'ben']);
  const turns = Math.max(2, Math.round(rounds / 5));
  for (let turn = 1; turn <= turns; turn += 1) {
    progress(`turn ${turn} of ${turns}: ${site.ledger.counts.accepted} tasks accepted`);
    // Full to the last byte, or with a little room, which ends in the middle of something.
    await full(
      site,
      server,
      folder,
      turn % 2 === 0 ? 0 : Math.floor(random.between(0, 14) * 2 ** 20),
      random,
    );
  }
  await site.verify({ allowedCodes: ['DISK_FULL'] });
  return site;
}

function mountSmall(folder, leftovers) {
  const mount = spawnSync('mount', [
    '-t',
    'tmpfs',
    '-o',
    `size=${megabytes}m,mode=0700`,
    'headroom-faults',
    folder,
  ]);
  if (mount.error !== undefined || mount.status !== 0) {
    const why = mount.error?.message ?? mount.stderr.toString().trim();
    throw new Unable(`a small file system could not be mounted (it takes root): ${why}`);
  }
  leftovers.add(() => {
    const { status } = spawnSync('umount', [folder]);
    if (status !== 0) spawnSync('umount', ['--lazy', folder]);
  });
}

/** A while without room, with load; then room again. */
async function full(site, server, folder, left, random) {
  const [user] = site.users;
  const running = await user.insist('POST', '/api/misbehaviour', { how: 'sleep', seconds: 2 });
  site.ledger.accept(running.body.task_id, { owner: user, kind: 'sleep' });
  const ballast = join(folder, 'ballast');
  fill(ballast, folder, left);
  site.startLoad({ pauseMs: 250 });
  const answers = [];
  const until = performance.now() + fullForMs + random.between(0, 2000);
  while (performance.now() < until) {
    answers.push(await user.once('POST', '/api/misbehaviour', { how: 'exit' }));
    fill(ballast, folder, left);
    await delay(200);
  }
  for (const answer of answers) {
    if (answer?.status === 202) site.ledger.accept(answer.body.task_id, { owner: user, kind: 'exit' });
    else if (!isClear(answer)) site.violations.push(`on a full folder: ${JSON.stringify(answer)}`);
  }
  const refused = answers.filter((answer) => answer?.status !== 202).length;
  site.counts.refused_when_full = (site.counts.refused_when_full ?? 0) + refused;
  if (server.pid === null) throw new Error(`The server did not live on: ${server.lastLines()}`);
  rmSync(ballast);
  await waitFor(
    async () => (await user.once('POST', '/api/misbehaviour', { how: 'sleep' }))?.status === 202,
    180_000,
    () => `tasks are accepted again; the log ends: ${server.lastLines()}`,
  );
  await site.load.end();
  await site.allEnded();
}

/** A refusal that says what is the matter. */
function isClear(answer) {
  return (
    answer !== null &&
    answer.type.startsWith('application/problem+json') &&
    ((answer.status === 507 && answer.body.code === 'DISK_FULL') ||
      (answer.status === 503 && answer.body.code === 'DATABASE_UNAVAILABLE'))
  );
}

/** Takes all room but so many bytes. */
function fill(ballast, folder, left) {
  const file = openSync(ballast, 'a');
  const chunk = Buffer.alloc(2 ** 16, 1);
  try {
    for (;;) {
      const { bavail, bsize } = statfsSync(folder);
      const take = Math.min(chunk.length, bavail * bsize - left);
      if (take <= 0) break;
      writeSync(file, chunk, 0, take);
    }
  } catch (error) {
    if (error.code !== 'ENOSPC') throw error;
  } finally {
    closeSync(file);
  }
}
