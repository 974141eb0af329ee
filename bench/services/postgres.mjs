// A PostgreSQL for benches, and databases on it.
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.mjs';

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
