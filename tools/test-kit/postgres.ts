import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { atExit } from './at-exit.js';
import { freePort } from './free-port.js';
import { projectRoot } from './paths.js';
import { kill, killTree, processes } from './processes.js';
import { delay } from './waiting.js';

const versions = '/usr/lib/postgresql';
const startMs = 120_000;

/** Where Debian keeps PostgreSQL's own programs, the newest version's; null where there are none. */
export function postgresPrograms(): string | null {
  const [newest] = existsSync(versions) ? readdirSync(versions).sort((a, b) => Number(b) - Number(a)) : [];
  return newest === undefined ? null : join(versions, newest, 'bin');
}

/** A PostgreSQL server on 127.0.0.1 with a folder and a port of its own. It ends with this process at the latest. */
export class PostgresServer {
  readonly #folder = mkdtempSync(join(tmpdir(), 'headroom-postgres-'));
  readonly #forget = atExit(() => this.remove());
  #process: ChildProcess | null = null;

  private constructor(
    private readonly programs: string,
    private readonly port: number,
    private readonly settings: Readonly<Record<string, string>>,
  ) {}

  /**
   * @param settings beyond the defaults, as `fsync: 'off'`
   * @throws Error when there is no PostgreSQL here or it does not start
   */
  static async start(settings: Readonly<Record<string, string>> = {}): Promise<PostgresServer> {
    const programs = postgresPrograms();
    if (programs === null) {
      throw new Error(
        `There is no PostgreSQL in ${versions}: set TEST_DATABASE_URL, or apt-get install postgresql.`,
      );
    }
    const server = new PostgresServer(programs, await freePort(), settings);
    try {
      server.#initialise();
      await server.start();
    } catch (error) {
      server.remove();
      throw error;
    }
    return server;
  }

  get url(): string {
    return `postgres://postgres@127.0.0.1:${this.port}/postgres`;
  }

  /** Starts it again after `kill`. @throws Error when it ends, or does not answer in time */
  async start(): Promise<void> {
    const settings = {
      port: String(this.port),
      listen_addresses: '127.0.0.1',
      unix_socket_directories: this.#folder,
      ...this.settings,
    };
    const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const child = spawn(join(this.programs, 'postgres'), ['-D', join(this.#folder, 'data'), ...options], {
      ...owner(),
      cwd: this.#folder,
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
    });
    this.#process = child;
    let log = '';
    child.stderr.on('data', (chunk: Buffer) => (log = (log + chunk.toString()).slice(-20_000)));
    const deadline = performance.now() + startMs;
    while (!(await this.isUp())) {
      if (child.exitCode !== null || child.signalCode !== null || performance.now() > deadline)
        throw new Error(`PostgreSQL did not start:\n${log}`);
      await delay(50);
    }
  }

  async isUp(): Promise<boolean> {
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
  kill(): void {
    const pid = this.#process?.pid;
    this.#process = null;
    if (pid !== undefined) killTree(pid);
  }

  /** Kills one session that `pick` chooses; PostgreSQL ends all others and recovers. False when there is none. */
  killOneSession(pick: (pids: readonly number[]) => number): boolean {
    const parent = this.#process?.pid;
    const pids = processes()
      .filter((one) => one.parent === parent && /127\.0\.0\.1\(\d+\)/.test(one.command.join(' ')))
      .map(({ pid }) => pid);
    if (pids.length === 0) return false;
    kill(pick(pids));
    return true;
  }

  /** Kills the server and removes its folder. */
  remove(): void {
    this.#forget();
    this.kill();
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }

  #initialise(): void {
    const { uid, gid } = owner();
    if (uid !== undefined && gid !== undefined) chownSync(this.#folder, uid, gid);
    const args = [
      '-D',
      join(this.#folder, 'data'),
      '-U',
      'postgres',
      '--auth=trust',
      '--no-sync',
      '-E',
      'UTF8',
    ];
    const made = spawnSync(join(this.programs, 'initdb'), args, {
      ...owner(),
      encoding: 'utf8',
      cwd: this.#folder,
    });
    if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`);
  }
}

/** PostgreSQL refuses to run as root; root runs it as the account that Debian made for it. */
function owner(): { uid?: number; gid?: number } {
  if (process.getuid!() !== 0) return {};
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

/** An empty database on a PostgreSQL server. */
export interface EmptyDatabase {
  readonly url: string;
  /** Removes it with all its connections. */
  readonly drop: () => Promise<void>;
  /** The same while the process exits, when nothing can be waited for. */
  readonly dropNow: () => void;
}

export async function createDatabase(serverUrl: string): Promise<EmptyDatabase> {
  const name = `headroom_${randomBytes(6).toString('hex')}`;
  const drop = `drop database if exists ${name} with (force)`;
  await administrate(serverUrl, `create database ${name}`);
  return {
    url: Object.assign(new URL(serverUrl), { pathname: name }).href,
    drop: () => administrate(serverUrl, drop),
    dropNow: () => {
      const script = `import pg from 'pg'; const client = new pg.Client(${JSON.stringify(serverUrl)});
        await client.connect(); await client.query('${drop}'); await client.end();`;
      spawnSync(process.execPath, ['--input-type=module', '-e', script], {
        cwd: projectRoot,
        timeout: 20_000,
        stdio: 'ignore',
      });
    },
  };
}

async function administrate(serverUrl: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
