import { childrenOf } from '../processes.mjs';
import { Site } from '../site.mjs';
import { delay, waitFor } from '../../../dist/tools/test-kit/index.js';

export const about = "kill -9 of tasks' processes: tried again and completed";
export const stores = ['embedded', 'postgres'];

export async function play(context) {
  const { random, rounds, progress } = context;
  const site = await Site.open(context);
  const server = await site.addServer('one');
  await site.signIn(['ana', 'ben']);
  const [user] = site.users;

  await killedOnce(site, server, user, { how: 'sleep', seconds: 8 }, 2);
  // A shard alone is done again; the task goes on as the same attempt.
  await killedOnce(site, server, user, { how: 'sharded', seconds: 6, shards: 2 }, 1);

  site.startLoad({ weights: { backtest: 50, sleep: 20, sharded: 10, chain: 10, cancel: 5, retry: 5 } });
  for (let round = 1; round <= rounds; round += 1) {
    progress(`round ${round} of ${rounds}: ${site.counts.kills} processes killed`);
    await delay(random.between(100, 1500));
    const children = childrenOf(server.pid);
    if (children.length === 0) continue;
    site.counts.kills += 1;
    killIfThere(random.pick(children).pid);
  }
  await site.verify();
  return site;
}

/** A task of which one process is killed completes all the same, at the expected attempt. */
async function killedOnce(site, server, user, order, expectedAttempt) {
  const { body } = await user.insist('POST', '/api/misbehaviour', order);
  const kind = order.how === 'sleep' ? 'sleep' : 'sharded';
  site.ledger.accept(body.task_id, { owner: user, kind });
  const [child] = await waitFor(
    () => {
      const children = childrenOf(server.pid).filter(({ command }) => command[0] === process.execPath);
      return children.length > 0 && children;
    },
    180_000,
    'a task process is there',
  );
  await delay(500);
  site.counts.kills += 1;
  killIfThere(child.pid);
  await site.allEnded();
  const task = await user.task(body.task_id);
  if (task.status !== 'completed' || task.attempt !== expectedAttempt) {
    site.violations.push(
      `${kind} with a killed process: ${task.status} at attempt ${task.attempt}, not completed at ${expectedAttempt}: ${JSON.stringify(task.error)}`,
    );
  }
}

function killIfThere(pid) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
