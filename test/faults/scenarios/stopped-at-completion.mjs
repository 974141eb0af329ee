import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Site } from '../site.mjs';
import { delay, waitFor } from '../../../dist/tools/test-kit/index.js';

export const about = 'SIGSTOP of the server when it tells of the end of a sharded task: the result stays';
export const stores = ['embedded', 'postgres'];

/** Longer than the 5 s between two renewals of the leases, so that one is due when the server wakes up. */
const stoppedMs = 5300;

export async function play(context) {
  const { rounds, progress } = context;
  const site = await Site.open(context);
  const server = await site.addServer('one');
  await site.signIn(['ana', 'ben']);
  const [user] = site.users;
  const stream = site.watchers.find(({ client }) => client === user);
  site.counts.standstills = 0;
  for (let round = 1; round <= rounds; round += 1) {
    progress(`round ${round} of ${rounds}`);
    const { body } = await user.insist('POST', '/api/misbehaviour', {
      how: 'sharded',
      shards: 8,
      seconds: 0.1,
    });
    const taskId = body.task_id;
    site.ledger.accept(taskId, { owner: user, kind: 'sharded' });
    const told = stream.next(`task_completed ${taskId}`);
    await Promise.race([told, delay(180_000)]);
    server.signal('SIGSTOP');
    site.counts.standstills += 1;
    await delay(stoppedMs);
    server.signal('SIGCONT');
    await site.allEnded();
    const { status, attempt } = await user.task(taskId);
    if (status !== 'completed' || attempt !== 1) {
      site.violations.push(`${taskId} is ${status} at attempt ${attempt}, not completed at 1`);
    }
    const names = () => readdirSync(join(site.dataDir, 'results')).filter((name) => name.startsWith(taskId));
    const isWhole = () => JSON.stringify(names()) === JSON.stringify([`${taskId}.1.json.gz`]);
    await waitFor(isWhole, 20_000).catch(() =>
      site.violations.push(`${taskId} completed and has ${names().join(', ') || 'no files'}`),
    );
  }
  if (/was lost meanwhile/.test(server.log)) site.violations.push('an attempt was taken for lost');
  await site.verify();
  return site;
}
