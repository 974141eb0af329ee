import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { startBusyLoops } from '../busy-loops.mjs';
import { Site } from '../site.mjs';
import { delay } from '../../../dist/tools/test-kit/index.js';

export const about =
  'a machine at load 40, with and without standstills of the server: nothing is lost, every result is there';
export const stores = ['embedded', 'postgres'];
/** Its load would make scenarios beside it wait. */
export const isAlone = true;

const loops = 40;
const maxBusyS = 120;
/** Longer than the 5 s between two renewals of the leases, so that one is due whenever the server wakes up. */
const [stoppedMs, awakeMs] = [5300, 2200];
/** A loaded machine has no free core; what is declared is admitted all the same. */
const roomy = { HEADROOM_CPU_CORES: '24', HEADROOM_RAM_GB: '16' };
const weights = { sweep: 20, wide: 30, backtest: 30, sleep: 10, throw: 4, cancel: 3, retry: 3 };
/** Kinds whose tasks fail by themselves. */
const failing = ['throw'];

export async function play(context) {
  const { rounds, progress } = context;
  const busyS = Math.min(maxBusyS, 10 + 5 * rounds);
  const site = await Site.open(context);
  const server = await site.addServer('one', roomy);
  await site.signIn();
  for (const withStandstills of [false, true]) {
    progress(`${busyS} s ${withStandstills ? 'with' : 'without'} standstills`);
    const endLoops = startBusyLoops(loops, context.leftovers);
    site.startLoad({ pauseMs: 1500, weights });
    const until = performance.now() + busyS * 1000;
    if (withStandstills) await standStill(site, server, until);
    else await delay(busyS * 1000);
    await site.load.end();
    endLoops();
    await site.allEnded();
  }
  await resultsAreThere(site);
  await site.verify();
  return site;
}

async function standStill(site, server, until) {
  site.counts.standstills = 0;
  while (performance.now() < until) {
    await delay(awakeMs);
    server.signal('SIGSTOP');
    site.counts.standstills += 1;
    await delay(stoppedMs);
    server.signal('SIGCONT');
  }
}

/** No fault here costs a task its end or its attempt, and a completed one has its result. */
async function resultsAreThere(site) {
  const names = readdirSync(join(site.dataDir, 'results'));
  for (const [taskId, { kind, owner, retried }] of site.ledger.tasks) {
    const { status, attempt, error } = await owner.task(taskId);
    const what = `${kind} ${taskId}`;
    if (status === 'failed' && !failing.includes(kind)) {
      site.violations.push(`${what} failed: ${JSON.stringify(error)}`);
    }
    if (attempt > 1 && !retried) site.violations.push(`${what} took ${attempt} attempts`);
    if (status !== 'completed') continue;
    if (kind === 'wide' && !names.includes(`${taskId}.${attempt}.json.gz`)) {
      site.violations.push(`${what} completed and has no result file`);
    }
    if (kind !== 'sweep' && kind !== 'backtest') continue;
    const answer = await owner.once('GET', `/api/backtests/${taskId}`);
    if (answer?.status !== 200) {
      site.violations.push(`${what} completed and is answered ${JSON.stringify(answer)?.slice(0, 300)}`);
    }
  }
}
