import { spawn, type ChildProcess } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeSampleData } from '../../market-data/write-sample-data.js';
import type { ReceivedAnswer } from './judge.js';

const startTimeoutMs = 120_000;
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
  readonly #process: ChildProcess;
  #keeperToken: string | null = null;
  #log = '';
  #port = 0;

  private constructor(private readonly dataDir: string) {
    const main = fileURLToPath(new URL('../../main.js', import.meta.url));
    this.#process = spawn(process.execPath, [main], {
      env: {
        PATH: process.env.PATH,
        PORT: '0',
        HEADROOM_DATA_DIR: this.dataDir,
        ADMIN_USERNAME: keeper.username,
        ADMIN_PASSWORD: keeper.password,
        LOG_LEVEL: 'warn',
        // Its load is bounded here, not by the server's limits, whose answers would hide all others.
        HEADROOM_REQUESTS_PER_USER: '0',
        HEADROOM_REQUESTS_PER_ADDRESS: '0',
        // Fuzzed logins fail, and must not close the door to those of the fuzzer itself, from another address.
        TRUST_PROXY: '1',
        HEADROOM_CPU_CORES: '8',
        HEADROOM_RAM_GB: '16',
        HEADROOM_MAX_QUEUED_PER_USER: '5',
        HEADROOM_TASK_TIMEOUT_S: '10',
        // Downloads find a closed door of this machine, and trouble no exchange.
        HEADROOM_EXCHANGE_URLS: 'kraken=http://127.0.0.1:9',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    process.once('exit', () => this.#process.kill('SIGKILL'));
    for (const stream of [this.#process.stdout!, this.#process.stderr!])
      stream.on('data', (chunk: Buffer) => (this.#log = (this.#log + chunk.toString()).slice(-100_000)));
  }

  /** @throws Error with what the server said when it does not become ready */
  static async start(): Promise<FuzzedServer> {
    const dataDir = mkdtempSync(join(tmpdir(), 'headroom-fuzz-'));
    await writeSampleData(join(dataDir, 'samples'));
    const server = new FuzzedServer(dataDir);
    server.restoreSamples();
    const deadline = Date.now() + startTimeoutMs;
    while (server.#port === 0) {
      if (!server.isRunning || Date.now() > deadline) {
        await server.close();
        throw new Error(`The server did not start:\n${server.#log}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
      server.#port = Number(/is ready at http:\/\/\S+:(\d+)/.exec(server.#log)?.[1] ?? 0);
    }
    return server;
  }

  /** Brings back whatever sample candles have been deleted. */
  restoreSamples(): void {
    cpSync(join(this.dataDir, 'samples'), join(this.dataDir, 'market-data'), {
      recursive: true,
      force: false,
    });
  }

  get isRunning(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null;
  }

  /** How it ended: its exit code, or the signal. */
  get end(): string {
    return String(this.#process.exitCode ?? this.#process.signalCode);
  }

  /** The last of its log: warnings and errors. */
  get log(): string {
    return this.#log;
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
    if (this.isRunning) {
      const closed = new Promise((resolve) => this.#process.once('close', resolve));
      this.#process.kill('SIGTERM');
      const force = setTimeout(() => this.#process.kill('SIGKILL'), 15_000);
      await closed;
      clearTimeout(force);
    }
    rmSync(this.dataDir, { recursive: true, force: true });
    return this.#process.exitCode;
  }
}
