import { readdirSync, readFileSync } from 'node:fs';
import { brokenPlugins } from '../server.mjs';
import { Site } from '../site.mjs';
import { delay, waitFor } from '../../../dist/tools/test-kit/index.js';

export const about =
  'tasks that break in every way under load, with and without kill -9 of the server: each one ends';
export const stores = ['embedded', 'postgres'];

const goneMs = 60_000;
/** Order, and the codes that it may fail with; none when it completes. */
const orders = [
  [{ how: 'throw', text: 'nul' }, ['TASK_FAILED']],
  [{ how: 'throw', text: 'lone surrogate' }, ['TASK_FAILED']],
  [{ how: 'throw', text: 'long' }, ['TASK_FAILED']],
  [{ how: 'return a BigInt' }, ['RESULT_INVALID']],
  [{ how: 'fail in completed' }, ['RESULT_INVALID']],
  [{ how: 'print NUL and exit' }, ['CRASHED']],
  [{ how: 'throw outside of its promise' }, ['CRASHED']],
  [{ how: 'report badly', text: 'NUL', count: 3 }, null],
  [{ how: 'report badly', text: 'NaN', count: 3 }, null],
  [{ how: 'send', text: 'null', count: 1 }, null],
  [{ how: 'send', text: 'a string', count: 20 }, ['PROTOCOL_ERROR']],
  [{ how: 'leave a grandchild' }, null],
  [{ how: 'leave a grandchild', detached: true }, null],
  [{ how: 'leave a grandchild', seconds: 60, timeout_s: 3 }, ['TIME_LIMIT']],
  [{ how: 'leave a grandchild', seconds: 60, timeout_s: 3, detached: true }, ['TIME_LIMIT']],
];
/** Enough of them to break side by side, few enough for a short round. */
const ordersPerRound = 8;

export async function play(context) {
  const { random, rounds, progress } = context;
  const site = await Site.open(context);
  const server = await site.addServer('one', { HEADROOM_PLUGINS: brokenPlugins, HEADROOM_CPU_CORES: '12' });
  await site.signIn(['ana', 'ben']);
  site.startLoad({ pauseMs: 1000 });
  site.counts.broken = 0;
  for (let round = 0; round <= rounds; round += 1) {
    progress(`round ${round} of ${rounds}: ${site.counts.broken} broken tasks`);
    const first = (round * ordersPerRound) % orders.length;
    for (let n = 0; n < ordersPerRound; n += 1) {
      await submit(site, random.pick(site.users), orders[(first + n) % orders.length]);
    }
    if (round % 2 === 1) {
      await delay(random.between(200, 3000));
      await site.kill(server);
      await server.start();
    }
  }
  await site.load.end();
  await site.allEnded();
  await nothingIsReserved(site);
  await nothingIsLeft(site);
  await site.verify();
  return site;
}

async function submit(site, user, [order, codes]) {
  const { status, body } = await user.insist('POST', '/api/broken-tasks', order);
  if (status !== 202) throw new Error(`not accepted: ${status} ${JSON.stringify(body)}`);
  site.counts.broken += 1;
  site.ledger.accept(body.task_id, { owner: user, kind: order.how, ...(codes !== null && { codes }) });
}

async function nothingIsReserved(site) {
  let cores = null;
  await waitFor(async () => {
    cores = (await site.admin.get('/api/system/resources')).body.resources.reserved.cpu_cores;
    return cores === 0;
  }, goneMs).catch(() => site.violations.push(`${cores} cores stay reserved though nothing runs`));
}

/** What tasks have started, also what has left their process group, is gone: no `sleep` of theirs is left. */
async function nothingIsLeft(site) {
  let left = [];
  await waitFor(() => {
    left = markedProcesses().filter(({ taskId }) => site.ledger.tasks.has(taskId));
    return left.length === 0;
  }, goneMs).catch(() =>
    site.violations.push(...left.map(({ pid, command }) => `left behind by a task: ${pid} ${command}`)),
  );
}

/** Processes that have the mark of a task in their environment. */
function markedProcesses() {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const [, taskId] =
          /HEADROOM_TASK=([^.\0]+)\./.exec(readFileSync(`/proc/${pid}/environ`, 'latin1')) ?? [];
        if (taskId === undefined) return [];
        return [{ pid, taskId, command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ') }];
      } catch {
        return [];
      }
    });
}
