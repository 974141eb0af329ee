import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answered, createApi, ApiError, type Api } from '@app/client';
import { EventReader, fillDataFolder, HostTree, ServerProcess, waitFor } from '../../tools/test-kit/index.js';

export const adminPassword = 'correct-horse-battery-staple';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the assertions say what an answer must hold
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
  async ended(taskId: string, timeoutMs = 120_000): Promise<Answer['body']> {
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

/**
 * A built server in a process of its own, on a data folder of its own, that believes to be alone on an idle machine of
 * 8 cores and 16 GB. With `HEADROOM_HOST_ROOT: ''` it measures the real one.
 *
 * When it ends by itself, whatever waits for something fails at once with its log.
 */
export class Server {
  readonly dataDir: string;
  /** The machine that it believes to be on; a test may change it. */
  readonly host = new HostTree();
  url = '';
  /** Of the processes before the current one. */
  #earlierLog = '';
  #process: ServerProcess | null = null;

  private constructor(
    private readonly environment: Record<string, string>,
    dataDir: string | null,
  ) {
    this.dataDir = dataDir ?? mkdtempSync(join(tmpdir(), 'headroom-server-'));
    if (dataDir === null) fillDataFolder(this.dataDir, { database: environment.DATABASE_URL === undefined });
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

  /** All that it has written, since its first start. */
  get log(): string {
    return this.#earlierLog + (this.#process?.log ?? '');
  }

  get pid(): number {
    return this.#process!.pid;
  }

  get hasEnded(): boolean {
    return this.#process!.hasEnded;
  }

  /** Starts, or starts again on the same folder and port. */
  async start(): Promise<void> {
    this.#earlierLog = this.log;
    this.#process = new ServerProcess({
      name: this.environment.HEADROOM_NODE_ID ?? 'the server',
      environment: {
        PORT: this.url === '' ? '0' : new URL(this.url).port,
        HEADROOM_DATA_DIR: this.dataDir,
        HEADROOM_HOST_ROOT: this.host.root,
        ADMIN_PASSWORD: adminPassword,
        ...this.environment,
      },
      interruptsWaits: true,
    });
    this.url = await this.#process.ready();
  }

  /** The test makes it end in another way than by `signal`; resolves with its exit code when it has. */
  endsByItself(): Promise<number | null> {
    return this.#process!.expectEnd();
  }

  anonymous(): Client {
    return new Client(this.url, null);
  }

  async signIn(username: string, password: string): Promise<Client> {
    const { api } = this.anonymous();
    const login = answered(api.POST('/api/auth/login', { body: { username, password } }));
    const { access_token } = await login.catch((error: unknown) => {
      throw error instanceof ApiError ? new Error(`${username} was not let in: ${error.message}`) : error;
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

  /** Sends a signal that ends it; resolves with its exit code, null when the signal ended it. */
  signal(signal: NodeJS.Signals): Promise<number | null> {
    return this.#process!.end(signal);
  }

  /** Stops the server and removes its folder. */
  async remove(): Promise<void> {
    await this.#process?.end('SIGKILL');
    this.host.remove();
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}
