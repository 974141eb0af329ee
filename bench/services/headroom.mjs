// The built server in a process of its own, and what a process has spent of the CPU.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServerProcess } from '../../dist/tools/test-kit/index.js';

const ticksPerSecond = 100;

/**
 * Starts Headroom with an admin who is signed in.
 *
 * @param options.databaseUrl null: the embedded store
 * @param options.dataDir one that is kept; by default a new one that goes with the server
 * @returns `{url, pid, token, headers, readyMs, stop}`; `readyMs` from the start of the process to its ready line
 */
export async function startHeadroom(
  dist,
  { databaseUrl = null, dataDir = null, environment = {}, nodeArguments = [], withSampleData = false } = {},
) {
  const folder = dataDir ?? mkdtempSync(join(tmpdir(), 'headroom-bench-'));
  const removeFolder = () => {
    if (dataDir === null) rmSync(folder, { recursive: true, force: true });
  };
  if (withSampleData) {
    const script = [join(dist, 'src', 'market-data', 'write-sample-data.js'), join(folder, 'market-data')];
    const { status } = spawnSync(process.execPath, script, { stdio: ['ignore', 'ignore', 2] });
    if (status !== 0) throw new Error('The sample data could not be written');
  }
  // The same each time: a folder that is kept has its admin already.
  const password = 'only-for-this-bench';
  const server = await startServer([...nodeArguments, join(dist, 'src', 'main.js')], {
    PORT: '0',
    HEADROOM_DATA_DIR: folder,
    ADMIN_PASSWORD: password,
    ...(databaseUrl !== null && { DATABASE_URL: databaseUrl }),
    ...environment,
  }).catch((error) => {
    removeFolder();
    throw error;
  });
  const login = await fetch(`${server.url}/api/auth/login`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ username: 'admin', password }),
  });
  const { access_token: token } = await login.json();
  const stop = async () => {
    await server.stop();
    removeFolder();
  };
  return { ...server, token, headers: { Authorization: `Bearer ${token}` }, stop };
}

/** A Node program that says at which address it is ready. */
export async function startServer(args, environment) {
  const server = new ServerProcess({ args, environment });
  const stop = () => server.end('SIGTERM');
  try {
    const url = await server.ready();
    return { url, readyMs: server.readyMs, pid: server.pid, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Seconds of CPU that a process has used, all its threads together. */
export function cpuSeconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}
