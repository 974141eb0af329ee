import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFiles } from '../data-folder.mjs';
import { noOrphans } from '../checks.mjs';
import { Site } from '../site.mjs';
import { delay } from '../../../dist/tools/test-kit/index.js';

export const about = 'kill -9 of a server that makes its database for the first time';
export const stores = ['embedded'];

export async function play(context) {
  const { random, rounds, progress } = context;
  const site = await Site.open(context);
  rmSync(join(site.dataDir, 'database'), { recursive: true });
  const kills = Math.ceil(rounds / 5) + 1;
  const server = await site.addServer('one').catch((error) => error);
  if (server instanceof Error) throw server;
  await server.end('SIGTERM');
  for (let kill = 1; kill <= kills; kill += 1) {
    progress(`kill ${kill} of ${kills}`);
    rmSync(join(site.dataDir, 'database'), { recursive: true, force: true });
    const starting = server.launch();
    starting.catch(() => undefined);
    await delay(random.between(300, 6000));
    await site.kill(server);
    await starting.catch(() => undefined);
  }
  await server.start();
  await site.signIn(['ana']);
  site.startLoad({ pauseMs: 200 });
  await delay(2000);
  await site.verify();
  site.violations.push(...temporaryFiles(site.dataDir), ...(await noOrphans()));
  return site;
}
