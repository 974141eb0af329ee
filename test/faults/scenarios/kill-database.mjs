import { childrenOf } from '../processes.mjs';
import { Site } from '../site.mjs';
import { delay, waitFor } from '../../../dist/tools/test-kit/index.js';

export const about = 'kill -9 of PostgreSQL and of its sessions, while tasks run';
export const stores = ['postgres'];

/** Longer than a lease, so that nobody takes the tasks of nodes that could not renew theirs. */
const longOutageMs = 26_000;
/** Of all kills, those that hit one session only. */
const ofSessions = 0.4;

export async function play(context) {
  const { random, rounds, progress } = context;
  const site = await Site.open(context, { ownServer: true });
  const one = await site.addServer('one');
  await site.addServer('two', { HEADROOM_ROLE: 'worker' });
  await site.signIn();

  await outlived(site, one);

  site.startLoad();
  for (let round = 1; round <= rounds; round += 1) {
    progress(`round ${round} of ${rounds}: ${site.ledger.counts.accepted} tasks accepted`);
    await delay(random.between(200, 3000));
    site.counts.kills += 1;
    if (random.between(0, 1) < ofSessions) {
      site.postgres.killOneSession((pids) => random.pick(pids));
    } else {
      site.postgres.kill();
      await delay(random.between(0, 3000));
      await site.postgres.start();
    }
  }
  await site.load.end();
  await stopsWithoutDatabase(site);
  await site.verify();
  return site;
}

/** An outage while tasks run: answers are 503, the tasks go on, and their ends are stored when it is over. */
async function outlived(site, node) {
  const [user] = site.users;
  const sleeping = [];
  for (const seconds of [15, 20]) {
    const { body } = await user.insist('POST', '/api/misbehaviour', { how: 'sleep', seconds });
    site.ledger.accept(body.task_id, { owner: user, kind: 'sleep' });
    sleeping.push(body.task_id);
  }
  await waitFor(
    async () => {
      const tasks = await Promise.all(sleeping.map((taskId) => user.task(taskId)));
      return tasks.every(({ status, progress }) => status === 'running' && progress !== null);
    },
    180_000,
    'two tasks run',
  );
  const pids = site.servers.flatMap(({ pid }) => childrenOf(pid)).map(({ pid }) => pid);
  site.counts.kills += 1;
  site.postgres.kill();
  const downAt = performance.now();

  const expect = (what, isTrue) => {
    if (!isTrue) site.violations.push(`while the database is away: ${what}`);
  };
  const order = { how: 'sleep' };
  for (const ask of [
    () => user.once('GET', '/api/tasks'),
    () => user.once('POST', '/api/misbehaviour', order),
    () => user.once('POST', `/api/tasks/${sleeping[0]}/cancel`),
    () => user.once('POST', '/api/auth/login', { username: user.username, password: user.password }),
  ]) {
    const answer = await ask();
    const { status, type, body } = answer ?? {};
    const isProblem = type?.startsWith('application/problem+json') && body.code === 'DATABASE_UNAVAILABLE';
    expect(`503 DATABASE_UNAVAILABLE, not ${JSON.stringify(answer)}`, status === 503 && isProblem);
  }
  expect('the tasks go on', pids.length > 0 && pids.every(isAlive));
  expect('it lives', (await user.once('GET', '/api/health/live'))?.status === 200);
  const ready = await user.once('GET', '/api/health/ready');
  expect(
    `readiness says so, not ${JSON.stringify(ready)}`,
    ready?.status === 503 && ready.body.database === 'down',
  );

  await delay(longOutageMs - (performance.now() - downAt));
  expect('nobody crashes', node.pid !== null && site.servers.every(({ crashes }) => crashes.length === 0));
  await site.postgres.start();
  await site.allEnded();
  for (const taskId of sleeping) {
    const task = await user.task(taskId);
    const isKept = task.status === 'completed' && task.attempt === 1;
    const what = `${task.status} at attempt ${task.attempt}`;
    if (!isKept)
      site.violations.push(`the result of a task that ended during the outage was not kept: ${what}`);
  }
}

/** A node that is asked to stop while the database is away does not hang. */
async function stopsWithoutDatabase(site) {
  await site.allEnded();
  const node = site.servers.find(({ name }) => name === 'two');
  site.counts.kills += 1;
  site.postgres.kill();
  await node
    .end('SIGTERM', 60_000)
    .catch((error) => site.violations.push(`without a database: ${error.message}`));
  await node.end('SIGKILL');
  await site.postgres.start();
  await node.start();
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
