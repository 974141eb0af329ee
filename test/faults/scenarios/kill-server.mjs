import { Site } from '../site.mjs';
import { delay } from '../../../dist/tools/test-kit/index.js';

export const about = 'kill -9 of the server at random moments under load';
export const stores = ['embedded', 'postgres'];

/** One kill in so many comes while the server starts. */
const duringStart = 0.2;

export async function play(context) {
  const { random, rounds, progress } = context;
  const site = await Site.open(context);
  const server = await site.addServer('one');
  await site.signIn();
  site.startLoad();
  for (let round = 1; round <= rounds; round += 1) {
    progress(`round ${round} of ${rounds}: ${site.ledger.counts.accepted} tasks accepted`);
    await delay(random.between(200, 4000));
    await site.kill(server);
    while (random.between(0, 1) < duringStart) {
      const starting = server.launch();
      starting.catch(() => undefined);
      await delay(random.between(0, 2500));
      await site.kill(server);
      await starting.catch(() => undefined);
    }
    await server.start();
  }
  await site.verify();
  return site;
}
