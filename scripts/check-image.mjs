import { randomBytes } from 'node:crypto';
import {
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ignoring, readDockerfile } from './image/dockerfile.mjs';
import { build, sizeOf } from './image/replay.mjs';
import { firstChildOf } from './image/stage.mjs';
import { prepare } from './steps.mjs';

const usage = `Usage: npm run check:image [-- --node FILE] [--json]

Replays the Dockerfile without Docker: the same COPY and RUN steps over this Debian, in a mount namespace of its own, then
the image's command as its user, as process 1, on a root that cannot be written, with one volume. It must become healthy,
run a backtest, and end at SIGTERM. Needs Linux and root; takes a few minutes. Ends with 0 when all is well.

  --node FILE  a Node of the base image's version, to be used instead of this machine's
  --json       print one JSON object with the outcome and the sizes on standard output
`;

const root = join(import.meta.dirname, '..');
const say = (text) => process.stderr.write(`${text}\n`);
const { values } = parseArgs({
  options: { node: { type: 'string' }, json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
});
if (values.help) {
  process.stdout.write(usage);
  process.exit(0);
}
if (process.platform !== 'linux' || process.getuid() !== 0 || !existsSync('/usr/bin/unshare')) {
  say('This check needs Linux, root and unshare (util-linux).');
  process.exit(1);
}

prepare();
const { delay, freePort, interruptWaits, lastLines, waitFor } =
  await import('../dist/tools/test-kit/index.js');

const folder = mkdtempSync(join(tmpdir(), 'headroom-image-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));
const startedAt = performance.now();
const stages = readDockerfile(readFileSync(join(root, 'Dockerfile'), 'utf8'));
const isIgnored = ignoring(readFileSync(join(root, '.dockerignore'), 'utf8'));
const image = await build(stages, { context: root, folder, isIgnored, node: values.node ?? null, say });
const { stage } = image;
const at = (path) => join(stage.layer, path);
const report = {
  node: (await stage.run(['node', '--version'])).trim(),
  built_s: seconds(startedAt),
  node_modules_mb: sizeOf(at('/app/node_modules')),
  dist_mb: sizeOf(at('/app/dist')),
  packages_of_debian_mb: sizeOf(at('/usr')),
};

const volumes = Object.fromEntries(image.volumes.map((place) => [place, volumeFor(place)]));
const env = { PORT: String(await freePort()), JWT_SECRET: randomBytes(48).toString('base64') };
// More than there is, so that what else runs here leaves room for a task.
env.HEADROOM_CPU_CORES = '16';
env.ADMIN_PASSWORD = randomBytes(12).toString('hex');
const options = { volumes, readOnly: true, env };
const url = `http://127.0.0.1:${env.PORT}`;

await expect('the root file system cannot be written', async () => {
  for (const path of ['/app', '/tmp', '/etc']) {
    if ((await stage.run(['touch', `${path}/x`], options)) !== null) return false;
  }
  return (await stage.run(['touch', '/data/x'], options)) !== null;
});
await expect('it runs as a user without privileges', async () => {
  const status = await stage.run(['cat', '/proc/self/status'], options);
  return /^Uid:\s+1000\s+1000/m.test(status) && /^CapEff:\s+0+$/m.test(status);
});
const candles = ['node', 'dist/src/market-data/write-sample-data.js', '/data/market-data'];
await expect('sample candles can be written', async () => (await stage.run(candles, options)) !== null);

let log = '';
const server = stage.start([...image.entrypoint, ...image.cmd], {
  ...options,
  stdio: ['ignore', 'pipe', 'pipe'],
});
for (const stream of [server.stdout, server.stderr]) {
  stream.on('data', (chunk) => (log = (log + chunk).slice(-20_000)));
}
process.once('exit', () => server.kill('SIGKILL'));
const hasEnded = () => server.exitCode !== null || server.signalCode !== null;
const heedEnd = interruptWaits(() => (hasEnded() ? new Error('The server has ended.') : null));
const bootedAt = performance.now();
await expect('HEALTHCHECK succeeds', () =>
  waitFor(async () => {
    if ((await stage.runBeside(server, image.healthcheck, options)) !== null) return true;
    await delay(1000);
    return false;
  }, 300_000),
);
report.healthy_s = seconds(bootedAt);
await expect('a backtest completes', backtest);
await expect('SIGTERM ends it with 0', async () => {
  heedEnd();
  process.kill(Number(firstChildOf(server.pid)), 'SIGTERM');
  await waitFor(hasEnded, 30_000, 'its end');
  return server.exitCode === 0;
});
report.seconds = seconds(startedAt);
const { node, node_modules_mb, dist_mb, packages_of_debian_mb } = report;
say(
  `All is well on Node ${node}: node_modules ${node_modules_mb} MiB, dist ${dist_mb} MiB, Debian's ${packages_of_debian_mb} MiB ` +
    `on top of the base image; healthy after ${report.healthy_s} s`,
);
if (values.json) process.stdout.write(`${JSON.stringify(report)}\n`);
process.exit(0);

async function expect(what, isTrue) {
  const answer = await isTrue().catch((error) => error.message);
  say(`${answer === true ? 'yes' : 'NO '}  ${what}`);
  if (answer === true) return;
  if (answer !== false) say(answer);
  say(lastLines(log));
  process.exit(1);
}

async function backtest() {
  const call = async (path, { token, body } = {}) => {
    const response = await fetch(url + path, {
      method: body ? 'POST' : 'GET',
      headers: { 'Content-Type': 'application/json', ...(token && { Authorization: `Bearer ${token}` }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    return response.json();
  };
  const login = { username: 'admin', password: env.ADMIN_PASSWORD };
  const { access_token: token } = await call('/api/auth/login', { body: login });
  const order = {
    strategy: 'SmaCross',
    symbol: 'BTC_USDT',
    start_date: '2024-01-01',
    end_date: '2024-03-31',
  };
  const { backtest_id } = await call('/api/backtests/run', {
    token,
    body: { ...order, initial_capital: 10_000 },
  });
  const task = await waitFor(async () => {
    const now = await call(`/api/tasks/${backtest_id}`, { token });
    return now.status !== 'queued' && now.status !== 'running' && now;
  }, 300_000);
  if (task.status !== 'completed') say(`  it ${task.status}: ${JSON.stringify(task.error)}`);
  return task.status === 'completed';
}

/** As Docker makes one: with what the image has in its place, and its owner. */
function volumeFor(place) {
  const volume = join(folder, `volume${place.replaceAll('/', '-')}`);
  mkdirSync(volume);
  cpSync(at(place), volume, { recursive: true, preserveTimestamps: true });
  const { uid, gid } = statSync(at(place));
  chownSync(volume, uid, gid);
  return volume;
}

function seconds(since) {
  return Math.round((performance.now() - since) / 100) / 10;
}
