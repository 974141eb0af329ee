import { Site } from '../site.mjs';
import { delay } from '../../../dist/tools/test-kit/index.js';

export const about = 'kill -9 of one of three nodes (api, worker, all) that share a data folder';
export const stores = ['postgres'];

export async function play(context) {
  const { random, rounds, progress } = context;
  const site = await Site.open(context);
  await site.addServer('front', { HEADROOM_ROLE: 'api' });
  await site.addServer('back', { HEADROOM_ROLE: 'worker' });
  await site.addServer('both', { HEADROOM_ROLE: 'all' });
  await site.signIn();
  site.startLoad();
  for (let round = 1; round <= rounds; round += 1) {
    const node = random.pick(site.servers);
    progress(`round ${round} of ${rounds}: ${site.ledger.counts.accepted} tasks accepted, ${node.name} next`);
    await delay(random.between(200, 3000));
    await site.kill(node);
    await delay(random.between(0, 3000));
    await node.start();
  }
  await site.verify();
  return site;
}
