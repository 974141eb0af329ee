// What the bench needs beside the build: the peers' packages, a PostgreSQL and a Redis.
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const folder = import.meta.dirname;

/** Installs the peers into this folder's own node_modules, once. */
export function installPeers() {
  if (existsSync(join(folder, 'node_modules', '.package-lock.json'))) return;
  process.stderr.write('Installing the peers into bench/queue ...\n');
  const npm = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const { status } = spawnSync('npm', npm, { cwd: folder, stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error('The peers could not be installed');
}

/**
 * The PostgreSQL of TEST_DATABASE_URL or DATABASE_URL, or one of Debian's on a temporary folder with its
 * default settings, durable as they are.
 */
export async function startPostgres() {
  const given = process.env.TEST_DATABASE_URL ?? process.env.DATABASE_URL;
  if (given !== undefined) return { url: given, stop: () => undefined };
  const installed = '/usr/lib/postgresql';
  const [newest] = existsSync(installed) ? readdirSync(installed).sort((a, b) => b - a) : [];
  if (newest === undefined) {
    throw new Error(
      'There is no PostgreSQL: set TEST_DATABASE_URL, or apt-get install postgresql and start again.',
    );
  }
  const bin = join(installed, newest, 'bin');
  const home = mkdtempSync(join(tmpdir(), 'headroom-bench-postgres-'));
  const data = join(home, 'data');
  // PostgreSQL does not run as root.
  const isRoot = process.getuid() === 0;
  const run = (program, ...args) => {
    const [command, all] = isRoot
      ? ['runuser', ['-u', 'postgres', '--', join(bin, program), ...args]]
      : [join(bin, program), args];
    const { status, stderr } = spawnSync(command, all, { cwd: home, stdio: ['ignore', 'ignore', 'pipe'] });
    if (status !== 0) throw new Error(`${program}: ${stderr}`);
  };
  if (isRoot) {
    chmodSync(home, 0o755);
    spawnSync('chown', ['postgres', home]);
  }
  const port = await freePort();
  try {
    run('initdb', '-D', data, '-U', 'postgres', '-A', 'trust');
    const options = `-c listen_addresses=127.0.0.1 -c port=${port} -c unix_socket_directories=${home}`;
    run('pg_ctl', '-D', data, '-w', '-l', join(home, 'log'), '-o', options, 'start');
  } catch (error) {
    rmSync(home, { recursive: true, force: true });
    throw error;
  }
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    stop: () => {
      run('pg_ctl', '-D', data, '-m', 'immediate', 'stop');
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** A fresh database on a server. */
export async function createDatabase(serverUrl) {
  const { default: pg } = await import('pg');
  const administrate = async (statement) => {
    const client = new pg.Client({ connectionString: serverUrl });
    await client.connect();
    await client.query(statement);
    await client.end();
  };
  const name = `headroom_bench_${randomBytes(6).toString('hex')}`;
  await administrate(`create database ${name}`);
  return {
    url: Object.assign(new URL(serverUrl), { pathname: name }).href,
    drop: () => administrate(`drop database ${name} with (force)`),
  };
}

/** Debian's Redis on 127.0.0.1, its append-only file synced each second as its authors advise; null without one. */
export async function startRedis() {
  if (spawnSync('redis-server', ['--version']).status !== 0) return null;
  const home = mkdtempSync(join(tmpdir(), 'headroom-bench-redis-'));
  const port = await freePort();
  const options = {
    bind: '127.0.0.1',
    port,
    dir: home,
    appendonly: 'yes',
    appendfsync: 'everysec',
    save: '',
  };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const child = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 2] });
  for await (const chunk of child.stdout) if (String(chunk).includes('Ready to accept')) break;
  return {
    port,
    stop: async () => {
      child.kill('SIGKILL');
      await delay(100);
      rmSync(home, { recursive: true, force: true });
    },
  };
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
