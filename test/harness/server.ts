import { spawn, type ChildProcess } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { answered, createApi, RequestRefused, type Api } from '@app/client';
import { EventReader } from './event-reader.js';
import { templateFolder } from './template.js';

export const adminPassword = 'correct-horse-battery-staple';
const main = join(import.meta.dirname, '..', '..', 'dist', 'src', 'main.js');

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // Answers are looked into freely; the assertions say what they must hold.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly body: any;
}

/** Somebody who is signed in at a server under test. */
export class Client {
  /** The calls as the OpenAPI document types them, for the flows that are meant to go well. */
  readonly api: Api;

  constructor(
    readonly url: string,
    readonly token: string | null,
    readonly userId: string | null = null,
  ) {
    this.api = createApi(url, { token: () => token });
  }

  async call(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const response = await fetch(this.url + path, {
      method,
      headers: {
        ...(this.token !== null && { Authorization: `Bearer ${this.token}` }),
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: isJson ? JSON.parse(text) : null,
    };
  }

  get(path: string): Promise<Answer> {
    return this.call('GET', path);
  }

  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer> {
    return this.call('POST', path, body, headers);
  }

  events(lastEventId?: string): Promise<EventReader> {
    return EventReader.open(`${this.url}/api/system/task-events`, this.token!, lastEventId);
  }

  /** Posts a small backtest and returns its id. */
  async backtest(fields: object = {}): Promise<string> {
    const call = this.api.POST('/api/backtests/run', { body: { ...smallBacktest, ...fields } });
    return (await answered(call)).backtest_id;
  }

  /** Waits until a task has ended and returns it. */
  async ended(taskId: string, timeoutMs = 60_000): Promise<Answer['body']> {
    return waitFor(async () => {
      const { body } = await this.get(`/api/tasks/${taskId}`);
      return ['completed', 'failed', 'cancelled'].includes(body.status) ? body : null;
    }, timeoutMs);
  }
}

export const smallBacktest = {
  strategy: 'SmaCross',
  symbol: 'BTC_USDT',
  start_date: '2024-01-01',
  end_date: '2024-01-31',
  initial_capital: 10_000,
  params: {},
};

/** A built server in a process of its own, on a data folder of its own. */
export class Server {
  readonly dataDir: string;
  url = '';
  log = '';
  #process: ChildProcess | null = null;

  private constructor(
    private readonly environment: Record<string, string>,
    dataDir: string | null,
  ) {
    this.dataDir = dataDir ?? mkdtempSync(join(tmpdir(), 'headroom-server-'));
    if (dataDir !== null) return;
    const template = templateFolder();
    if (environment.DATABASE_URL === undefined) {
      cpSync(join(template, 'database'), join(this.dataDir, 'database'), { recursive: true });
    }
    symlinkSync(join(template, 'market-data'), join(this.dataDir, 'market-data'));
  }

  /** Starts on a data folder of its own, or on that of another server, as a further node of it. */
  static async start(
    environment: Record<string, string> = {},
    dataDir: string | null = null,
  ): Promise<Server> {
    const server = new Server(environment, dataDir);
    await server.start();
    return server;
  }

  get pid(): number {
    return this.#process!.pid!;
  }

  get hasEnded(): boolean {
    return this.#process!.exitCode !== null || this.#process!.signalCode !== null;
  }

  /** Starts, or starts again on the same folder and port. */
  async start(): Promise<void> {
    const port = this.url === '' ? '0' : new URL(this.url).port;
    const child = spawn(process.execPath, [main], {
      env: {
        PATH: process.env.PATH,
        PORT: port,
        HEADROOM_DATA_DIR: this.dataDir,
        ADMIN_PASSWORD: adminPassword,
        HEADROOM_CPU_CORES: '8',
        HEADROOM_RAM_GB: '16',
        ...this.environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#process = child;
    const killWithTests = () => child.kill('SIGKILL');
    process.once('exit', killWithTests);
    child.once('close', () => process.removeListener('exit', killWithTests));
    const startedAt = this.log.length;
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => (this.log += chunk.toString()));
    }
    this.url = await waitFor(() => {
      if (child.exitCode !== null) throw new Error(`The server ended:\n${this.log.slice(startedAt)}`);
      return /Headroom is ready at (\S+)/.exec(this.log.slice(startedAt))?.[1] ?? null;
    }, 90_000);
  }

  anonymous(): Client {
    return new Client(this.url, null);
  }

  async signIn(username: string, password: string): Promise<Client> {
    const { api } = this.anonymous();
    const login = answered(api.POST('/api/auth/login', { body: { username, password } }));
    const { access_token } = await login.catch((error: unknown) => {
      throw error instanceof RequestRefused
        ? new Error(`${username} was not let in: ${error.message}`)
        : error;
    });
    const client = new Client(this.url, access_token);
    const { user_id } = await answered(client.api.GET('/api/auth/me'));
    return new Client(this.url, access_token, user_id);
  }

  admin(): Promise<Client> {
    return this.signIn('admin', adminPassword);
  }

  async user(username: string): Promise<Client> {
    const admin = await this.admin();
    const password = `${username}-has-a-long-password`;
    await admin.api.POST('/api/users', { body: { username, password } });
    return this.signIn(username, password);
  }

  async signal(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#process!;
    const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
    child.kill(signal);
    return closed;
  }

  /** Stops the server and removes its folder. */
  async remove(): Promise<void> {
    if (this.#process !== null && !this.hasEnded) await this.signal('SIGKILL');
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}

/** Asks again until there is an answer other than null. */
export async function waitFor<Value>(
  ask: () => Value | null | Promise<Value | null>,
  timeoutMs = 60_000,
): Promise<Value> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const value = await ask();
    if (value !== null) return value;
    if (Date.now() > deadline) throw new Error(`Nothing after ${timeoutMs} ms.`);
    await delay(50);
  }
}
