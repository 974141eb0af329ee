import { setTimeout as delay } from 'node:timers/promises';
import { answered, createApi, type Api, type Schemas } from './api.js';
import { ServerUnreachableError } from './errors.js';
import { followTaskEvents, type FollowOptions, type TaskEvent } from './task-events.js';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

const timeoutMs = 30_000;
const mostTries = 8;
const refreshAheadMs = 60_000;

/** @throws ServerUnreachableError when no server answers there */
export async function requireServer(url: string): Promise<void> {
  await answered(createApi(url, { fetch: patiently(url, 1) }).GET('/api/health/live'));
}

/** One user at one server: keeps its token fresh, and tries again while the server is away or cannot yet. */
export class Session {
  readonly url: string;
  /** The typed calls. A POST carries an `Idempotency-Key`, so that a try after a lost answer starts nothing twice. */
  readonly api: Api;
  /** The same without a token: for the calls that bring one. */
  readonly #door: Api;
  #tokens: Schemas['TokenPair'];
  #expiresAtMs: number;
  #refreshing: Promise<void> | null = null;

  private constructor(url: string, door: Api, tokens: Schemas['TokenPair']) {
    this.url = url;
    this.#door = door;
    this.#tokens = tokens;
    this.#expiresAtMs = expiryOf(tokens);
    this.api = createApi(url, { fetch: patiently(url), token: () => this.#freshToken() });
    this.api.use({
      onRequest: ({ request }) => {
        if (request.method === 'POST' && !request.headers.has('Idempotency-Key'))
          request.headers.set('Idempotency-Key', crypto.randomUUID());
      },
    });
  }

  /** @throws ApiError for credentials that the server does not take, ServerUnreachableError */
  static async signIn(url: string, credentials: Credentials): Promise<Session> {
    const door = createApi(url, { fetch: patiently(url) });
    const tokens = await answered(door.POST('/api/auth/login', { body: { ...credentials } }));
    return new Session(url, door, tokens);
  }

  /**
   * The user's event stream until `signal` is aborted, taken up again wherever it breaks: behind the last event
   * after which the next one was asked for.
   */
  events(options: FollowOptions): AsyncGenerator<TaskEvent, void> {
    return followTaskEvents((lastEventId, signal) => this.#openStream(lastEventId, signal), options);
  }

  async #openStream(lastEventId: string | null, signal: AbortSignal): Promise<Response> {
    const token = await this.#freshToken();
    return fetch(`${this.url}/api/system/task-events`, {
      signal,
      headers: {
        authorization: `Bearer ${token}`,
        accept: 'text/event-stream',
        ...(lastEventId !== null && { 'last-event-id': lastEventId }),
      },
    });
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
    this.#tokens = await answered(this.#door.POST('/api/auth/refresh', { body: { refresh_token } }));
    this.#expiresAtMs = expiryOf(this.#tokens);
  }
}

/** Sends a request again while nobody answers, or the server says that it cannot yet. */
function patiently(url: string, tries = mostTries): (request: Request) => Promise<Response> {
  return async (request) => {
    for (let tried = 1; ; tried += 1) {
      const attempt = new Request(request.clone(), { signal: AbortSignal.timeout(timeoutMs) });
      const response = await fetch(attempt).catch((error: unknown) => {
        if (tried < tries) return null;
        throw new ServerUnreachableError(url, error);
      });
      if (response !== null && (response.status !== 503 || tried === tries)) return response;
      await response?.body?.cancel();
      await delay(tried * 1000);
    }
  };
}

function expiryOf(tokens: Schemas['TokenPair']): number {
  return Date.now() + tokens.expires_in * 1000;
}
