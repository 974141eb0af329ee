// The two servers, each in a process of its own, and what a process has spent of the CPU.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const secret = 'signs the tokens of both servers of this bench';
const ticksPerSecond = 100;

/** Headroom as it is installed, with every protection on; limits on requests count, and are not reached. */
export async function startHeadroom(dist, databaseUrl, nodeArguments = []) {
  const dataDir = mkdtempSync(join(tmpdir(), 'headroom-bench-'));
  const password = randomUUID();
  const environment = {
    PORT: '0',
    HEADROOM_DATA_DIR: dataDir,
    ADMIN_PASSWORD: password,
    JWT_SECRET: secret,
    HEADROOM_REQUESTS_PER_USER: '1000000',
    HEADROOM_REQUESTS_PER_ADDRESS: '1000000',
    ...(databaseUrl !== null && { DATABASE_URL: databaseUrl }),
  };
  const server = await start([...nodeArguments, join(dist, 'src', 'main.js')], environment);
  const stop = async () => {
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
  const login = await fetch(`${server.url}/api/auth/login`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ username: 'admin', password }),
  });
  const { access_token: token } = await login.json();
  return { ...server, stop, token };
}

/** The peer, which answers the same body to the same token. */
export function startBare(me) {
  const environment = { JWT_SECRET: secret, ME: JSON.stringify(me), NODE_ENV: 'production' };
  return start([join(import.meta.dirname, 'server-bare.mjs')], environment);
}

async function start(args, environment) {
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const killWithUs = () => child.kill('SIGKILL');
  process.once('exit', killWithUs);
  let log = '';
  let url;
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      // Once it is ready, what it logs is read and forgotten.
      if (url !== undefined) return;
      log += chunk;
      url = /[Rr]eady at (http:\S+)/.exec(log)?.[1];
    });
  const stop = async () => {
    const closed = new Promise((settle) => child.once('close', settle));
    if (child.exitCode === null && child.kill('SIGTERM')) await closed;
    process.removeListener('exit', killWithUs);
  };
  for (const deadline = Date.now() + 120_000; url === undefined; await delay(50)) {
    if (child.exitCode === null && Date.now() < deadline) continue;
    await stop();
    throw new Error(`The server did not start:\n${log}`);
  }
  return { url, pid: child.pid, stop };
}

/** Seconds of CPU that a process has used, all its threads together. */
export function cpuSeconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}
