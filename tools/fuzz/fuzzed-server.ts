import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeSampleData } from '../../src/market-data/write-sample-data.js';
import { HostTree, ServerProcess } from '../test-kit/index.js';
import type { ReceivedAnswer } from './judge.js';

const answerTimeoutMs = 60_000;
const keeper = { username: 'keeper', password: 'the-keeper-of-this-fuzzing' };

export interface SentRequest {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | null;
}

class Refused extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** A built server with a data folder of its own under the temporary files, gone when it is closed. */
export class FuzzedServer {
  readonly #agent = new Agent({ keepAlive: true });
  readonly #host = new HostTree();
  readonly #process: ServerProcess;
  #keeperToken: string | null = null;
  #port = 0;

  private constructor(private readonly dataDir: string) {
    this.#process = new ServerProcess({
      environment: {
        PORT: '0',
        HEADROOM_DATA_DIR: this.dataDir,
        HEADROOM_HOST_ROOT: this.#host.root,
        ADMIN_USERNAME: keeper.username,
        ADMIN_PASSWORD: keeper.password,
        LOG_LEVEL: 'warn',
        // Its load is bounded here, not by the server's limits, whose answers would hide all others.
        HEADROOM_REQUESTS_PER_USER: '0',
        HEADROOM_REQUESTS_PER_ADDRESS: '0',
        // Fuzzed logins fail, and must not close the door to those of the fuzzer itself, from another address.
        TRUST_PROXY: '1',
        HEADROOM_MAX_QUEUED_PER_USER: '5',
        HEADROOM_TASK_TIMEOUT_S: '10',
        // Downloads find a closed door of this machine, and trouble no exchange.
        HEADROOM_EXCHANGE_URLS: 'kraken=http://127.0.0.1:9',
      },
    });
  }

  /** @throws Error with what the server said when it does not become ready */
  static async start(): Promise<FuzzedServer> {
    const dataDir = mkdtempSync(join(tmpdir(), 'headroom-fuzz-'));
    await writeSampleData(join(dataDir, 'samples'));
    const server = new FuzzedServer(dataDir);
    server.restoreSamples();
    try {
      server.#port = Number(new URL(await server.#process.ready()).port);
      return server;
    } catch (error) {
      await server.close();
      throw error;
    }
  }

  /** Brings back whatever sample candles have been deleted. */
  restoreSamples(): void {
    cpSync(join(this.dataDir, 'samples'), join(this.dataDir, 'market-data'), {
      recursive: true,
      force: false,
    });
  }

  get isRunning(): boolean {
    return !this.#process.hasEnded;
  }

  /** How it ended by itself; null while it has not. */
  get end(): string | null {
    return this.#process.unexpectedEnd()?.message ?? null;
  }

  /** All of its log: warnings and errors. */
  get log(): string {
    return this.#process.log;
  }

  /** Sends a request as it is; of a stream only the head is read. @throws Error where no answer comes */
  send({ method, url, headers = {}, body = null }: SentRequest): Promise<ReceivedAnswer> {
    return new Promise((resolve, reject) => {
      const sent = request(
        {
          agent: this.#agent,
          port: this.#port,
          host: '127.0.0.1',
          method,
          path: url,
          headers: { ...headers, ...(body !== null && { 'content-length': Buffer.byteLength(body) }) },
          timeout: answerTimeoutMs,
        },
        (response) => {
          const answer = (text: string) => ({
            status: response.statusCode!,
            headers: response.headers,
            text,
          });
          if (response.headers['content-type']?.startsWith('text/event-stream')) {
            response.destroy();
            resolve(answer(''));
            return;
          }
          let text = '';
          response.setEncoding('utf8');
          response.on('data', (chunk: string) => (text += chunk));
          response.on('end', () => {
            resolve(answer(text));
          });
          response.on('error', reject);
        },
      );
      sent.on('timeout', () => sent.destroy(new Error('no answer in time')));
      sent.on('error', reject);
      sent.end(body ?? undefined);
    });
  }

  /** Asks and answers the parsed body. @throws Error where the answer is a refusal */
  async ask(method: string, url: string, body?: unknown, token?: string): Promise<unknown> {
    const { status, text } = await this.send({
      method,
      url,
      headers: {
        'content-type': 'application/json',
        'x-forwarded-for': '10.0.0.1',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      body: body === undefined ? null : JSON.stringify(body),
    });
    if (status >= 400) throw new Refused(status, `${method} ${url} was answered ${status}: ${text}`);
    return text === '' ? null : JSON.parse(text);
  }

  async signIn(credentials: { username: string; password: string }): Promise<string> {
    const pair = (await this.ask('POST', '/api/auth/login', credentials)) as { access_token: string };
    return pair.access_token;
  }

  /** Asks as an admin whom no fuzzed request can name. */
  async askAsKeeper(method: string, url: string, body?: unknown): Promise<unknown> {
    this.#keeperToken ??= await this.signIn(keeper);
    try {
      return await this.ask(method, url, body, this.#keeperToken);
    } catch (error) {
      if (!(error instanceof Refused) || error.status !== 401) throw error;
      this.#keeperToken = await this.signIn(keeper);
      return this.ask(method, url, body, this.#keeperToken);
    }
  }

  /** Ends it as an operator does and answers its exit code; by force after a while. */
  async close(): Promise<number | null> {
    this.#agent.destroy();
    const force = setTimeout(() => this.#process.signal('SIGKILL'), 15_000);
    const code = await this.#process.end('SIGTERM');
    clearTimeout(force);
    this.#host.remove();
    rmSync(this.dataDir, { recursive: true, force: true });
    return code;
  }
}
