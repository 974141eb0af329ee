import { Site } from '../site.mjs';
import { delay, treeOf, waitFor } from '../../../dist/tools/test-kit/index.js';

export const about = 'SIGSTOP of a node past its lease, then SIGCONT: its late reports change nothing';
export const stores = ['postgres'];

const takeOverMs = 150_000;
/** So that no task has to wait for room. */
const roomy = { HEADROOM_ROLE: 'worker', HEADROOM_CPU_CORES: '16', HEADROOM_RAM_GB: '16' };

export async function play(context) {
  const { random, rounds, progress } = context;
  const site = await Site.open(context);
  await site.addServer('front', { HEADROOM_ROLE: 'api' });
  const stopped = await site.addServer('stopped', roomy);
  const other = await site.addServer('other', roomy);
  await site.signIn(['ana', 'ben']);
  const turns = Math.max(1, Math.round(rounds / 10));
  for (let turn = 1; turn <= turns; turn += 1) {
    progress(`turn ${turn} of ${turns}`);
    await takenOver(site, stopped, other, random);
  }
  await site.verify();
  return site;
}

async function takenOver(site, stopped, other, random) {
  // The other node is held while tasks are handed out, so that all of them run on the one to be stopped.
  other.signal('SIGSTOP');
  // Only an admin sees which node runs a task.
  const { admin } = site;
  const [user] = site.users;
  const orders = [
    // Ends while its node is stopped: the report waits in a pipe.
    { how: 'sleep', seconds: 15 },
    // Still runs when its node wakes up.
    { how: 'sleep', seconds: 40 },
    { how: 'sharded', seconds: 5, shards: 4 },
  ];
  const taskIds = [];
  for (const order of orders) {
    const { body } = await user.insist('POST', '/api/misbehaviour', order);
    const kind = order.how === 'sleep' ? 'sleep' : 'sharded';
    site.ledger.accept(body.task_id, { owner: user, kind });
    taskIds.push(body.task_id);
  }
  await waitFor(
    async () =>
      (await Promise.all(taskIds.map((id) => admin.task(id)))).every(({ node_id }) => node_id === 'stopped'),
    180_000,
    'all tasks run on the node to be stopped',
  );
  await delay(random.between(200, 1500));
  // With or without the processes of its tasks, which else go on and write their results.
  const withChildren = random.between(0, 1) < 0.5;
  const pids = withChildren ? treeOf(stopped.pid) : [stopped.pid];
  for (const pid of pids) signalled(pid, 'SIGSTOP');
  other.signal('SIGCONT');
  site.counts.kills += 1;

  let tasks = [];
  await waitFor(
    async () => {
      tasks = await Promise.all(taskIds.map((id) => admin.task(id)));
      return tasks.every(({ attempt, node_id }) => attempt === 2 && node_id === 'other');
    },
    takeOverMs,
    () => `the other node takes the tasks over: ${JSON.stringify(tasks)}`,
  );
  // At once, or when the second attempts of the short ones have ended.
  if (random.between(0, 1) < 0.5) {
    const isOver = async () => (await admin.task(taskIds[0])).status === 'completed';
    await waitFor(isOver, 180_000, 'the second attempt completes');
  }
  const before = await Promise.all(taskIds.map((id) => admin.task(id)));
  for (const pid of pids) signalled(pid, 'SIGCONT');
  await delay(3000);
  const after = await Promise.all(taskIds.map((id) => admin.task(id)));
  before.forEach((task, i) => {
    const stays = task.status !== 'completed' || JSON.stringify(task) === JSON.stringify(after[i]);
    if (!stays) site.violations.push(`changed after its end: ${JSON.stringify([task, after[i]])}`);
  });
  await site.allEnded();
  for (const taskId of taskIds) {
    const { status, node_id, attempt } = await admin.task(taskId);
    if (status !== 'completed' || attempt !== 2 || node_id !== 'other') {
      site.violations.push(
        `${taskId} was not completed by the other node: ${status}, ${node_id}, attempt ${attempt}`,
      );
    }
  }
}

function signalled(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch {
    // The process of a short task has ended by itself.
  }
}
