import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { problem, tokenPair, type Problem, type TokenPair } from '@app/contracts';

/** The server's own word on why it refused a request. */
export class RequestRefused extends Error {
  override readonly name = 'RequestRefused';
  constructor(
    readonly status: number,
    readonly problem: Problem | null,
  ) {
    super(problem ? `${problem.code}: ${problem.detail}` : `The server answered ${status}.`);
  }
}

/** Nobody answers at the address. */
export class ServerAway extends Error {
  override readonly name = 'ServerAway';
}

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

const timeoutMs = 30_000;
const defaultTries = 8;
const refreshAheadMs = 60_000;

/** @throws ServerAway when no server answers there */
export async function requireServer(url: string): Promise<void> {
  await call(url, 'GET', '/api/health/live', { tries: 1 });
}

/** Talks to one server as one user: signs in, keeps its token fresh and turns problems into errors. */
export class ApiClient {
  readonly #url: string;
  #tokens: TokenPair;
  #expiresAtMs: number;
  #refreshing: Promise<void> | null = null;

  private constructor(url: string, tokens: TokenPair) {
    this.#url = url;
    this.#tokens = tokens;
    this.#expiresAtMs = expiryOf(tokens);
  }

  static async signIn(url: string, credentials: Credentials): Promise<ApiClient> {
    const answer = await call(url, 'POST', '/api/auth/login', { body: credentials });
    return new ApiClient(url, tokenPair.parse(answer));
  }

  get(path: string): Promise<unknown> {
    return this.#call('GET', path);
  }

  /** Named by a key, so that a try after a lost answer starts nothing twice. */
  post(path: string, body: unknown): Promise<unknown> {
    return this.#call('POST', path, { body, headers: { 'idempotency-key': randomUUID() } });
  }

  patch(path: string, body: unknown): Promise<unknown> {
    return this.#call('PATCH', path, { body });
  }

  /** Opens a stream of events; it ends when the server or `signal` ends it. */
  async openStream(
    path: string,
    lastEventId: string | null,
    signal: AbortSignal,
  ): Promise<ReadableStream<Uint8Array>> {
    const response = await fetch(this.#url + path, {
      signal,
      headers: {
        authorization: `Bearer ${await this.#freshToken()}`,
        accept: 'text/event-stream',
        ...(lastEventId !== null && { 'last-event-id': lastEventId }),
      },
    });
    if (!response.ok || response.body === null) throw await refusalIn(response);
    return response.body;
  }

  async #call(method: string, path: string, options: Options = {}): Promise<unknown> {
    const authorization = `Bearer ${await this.#freshToken()}`;
    return call(this.#url, method, path, { ...options, headers: { ...options.headers, authorization } });
  }

  async #freshToken(): Promise<string> {
    if (Date.now() > this.#expiresAtMs - refreshAheadMs) {
      this.#refreshing ??= this.#refresh().finally(() => (this.#refreshing = null));
      await this.#refreshing;
    }
    return this.#tokens.access_token;
  }

  async #refresh(): Promise<void> {
    const { refresh_token } = this.#tokens;
    const answer = await call(this.#url, 'POST', '/api/auth/refresh', { body: { refresh_token } });
    this.#tokens = tokenPair.parse(answer);
    this.#expiresAtMs = expiryOf(this.#tokens);
  }
}

interface Options {
  readonly body?: unknown;
  /** How often it is sent while nobody answers, or the server says that it cannot yet. */
  readonly tries?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

async function call(url: string, method: string, path: string, options: Options): Promise<unknown> {
  const { tries = defaultTries } = options;
  for (let tried = 1; ; tried += 1) {
    const response = await send(url, method, path, options).catch((error: unknown) => {
      if (tried < tries) return null;
      throw awayFrom(url, error);
    });
    if (response !== null && (response.status !== 503 || tried === tries)) {
      if (!response.ok) throw await refusalIn(response);
      return response.status === 204 ? null : await response.json();
    }
    await delay(tried * 1000);
  }
}

function send(url: string, method: string, path: string, { body, headers }: Options): Promise<Response> {
  return fetch(url + path, {
    method,
    signal: AbortSignal.timeout(timeoutMs),
    headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

async function refusalIn(response: Response): Promise<RequestRefused> {
  const said: unknown = await response.json().catch(() => null);
  return new RequestRefused(response.status, problem.safeParse(said).data ?? null);
}

function awayFrom(url: string, error: unknown): ServerAway {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const why = cause instanceof Error ? cause.message || cause.name : String(cause);
  return new ServerAway(
    `No server answers at ${url} (${why}). Start one with "npm start", or name it with --url.`,
  );
}

function expiryOf(tokens: TokenPair): number {
  return Date.now() + tokens.expires_in * 1000;
}
