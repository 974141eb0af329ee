import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { chownSync, existsSync, readdirSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import pg from 'pg';
import { processes, treeOf } from './processes.mjs';
import { eventually } from './waiting.mjs';
import { freePort } from './free-port.mjs';

const versions = '/usr/lib/postgresql';

/** Where Debian keeps PostgreSQL's own programs; null where there are none. */
export function postgresPrograms() {
  const newest = existsSync(versions) ? readdirSync(versions).sort((a, b) => Number(b) - Number(a))[0] : null;
  return newest ? join(versions, newest, 'bin') : null;
}

/** PostgreSQL refuses to run as root; root runs it as its own user. */
function owner() {
  if (process.getuid() !== 0) return {};
  const id = (flag) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

/** A PostgreSQL server on 127.0.0.1 with a folder and a port of its own, which a test may kill. */
export class PostgresServer {
  #process = null;

  constructor(folder, port) {
    this.folder = folder;
    this.port = port;
  }

  get url() {
    return `postgres://postgres@127.0.0.1:${this.port}/postgres`;
  }

  static async start(leftovers) {
    const folder = leftovers.folder('postgres');
    const server = new PostgresServer(folder, await freePort());
    const { uid, gid } = owner();
    if (uid !== undefined) chownSync(folder, uid, gid);
    const initdb = ['-D', join(folder, 'data'), '-U', 'postgres', '--auth=trust', '--no-sync', '-E', 'UTF8'];
    const made = spawnSync(join(postgresPrograms(), 'initdb'), initdb, {
      ...owner(),
      encoding: 'utf8',
      cwd: folder,
    });
    if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`);
    leftovers.add(() => server.kill());
    await server.start();
    return server;
  }

  async start() {
    const settings = { listen_addresses: '127.0.0.1', unix_socket_directories: this.folder, fsync: 'off' };
    const args = ['-D', join(this.folder, 'data'), '-p', String(this.port)];
    for (const [name, value] of Object.entries(settings)) args.push('-c', `${name}=${value}`);
    this.#process = spawn(join(postgresPrograms(), 'postgres'), args, {
      ...owner(),
      cwd: this.folder,
      stdio: 'ignore',
      detached: true,
    });
    await eventually(() => this.isUp(), 120_000, 'PostgreSQL answers');
  }

  async isUp() {
    const client = new pg.Client({ connectionString: this.url, connectionTimeoutMillis: 2000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.query('select 1');
      return true;
    } catch {
      return false;
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  /** Ends the server and all its sessions at once, as a power cut would. */
  kill() {
    const pid = this.#process?.pid;
    this.#process = null;
    if (pid === undefined) return;
    for (const one of treeOf(pid)) killed(one);
  }

  /** Ends one session; PostgreSQL then throws out all others and recovers by itself. */
  killOneSession(random) {
    const sessions = processes().filter(
      ({ parent, command }) => parent === this.#process.pid && /127\.0\.0\.1\(\d+\)/.test(command.join(' ')),
    );
    if (sessions.length > 0) killed(random.pick(sessions).pid);
    return sessions.length > 0;
  }
}

/** An empty database on a server; `drop` removes it with all its connections. */
export async function createDatabase(serverUrl, leftovers) {
  const name = `headroom_faults_${randomBytes(6).toString('hex')}`;
  await administrate(serverUrl, `create database ${name}`);
  const drop = leftovers.add(() => {
    // Synchronous, as all that must happen on Ctrl-C too.
    const script = `import pg from 'pg'; const c = new pg.Client(${JSON.stringify(serverUrl)});
      await c.connect(); await c.query('drop database if exists ${name} with (force)'); await c.end();`;
    spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      cwd: import.meta.dirname,
      timeout: 20_000,
      stdio: 'ignore',
    });
  });
  return { url: Object.assign(new URL(serverUrl), { pathname: name }).href, drop };
}

async function administrate(url, statement) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

function killed(pid) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It was faster.
  }
}
