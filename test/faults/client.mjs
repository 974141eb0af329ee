import { adminPassword } from './server.mjs';
import { delay } from '../../dist/tools/test-kit/index.js';

const answerMs = 30_000;
const patienceMs = 240_000;
const pauseMs = 200;
const loginPath = '/api/auth/login';

/** What can be tried again: the server is not there, or says that it cannot now. */
export function mayPass(answer) {
  return answer === null || answer.status >= 500 || answer.status === 429;
}

/** Somebody who is signed in and talks to whichever of the servers answers. */
export class Client {
  #token = null;
  #signingIn = null;

  /** `doors.urls` are those of the nodes that serve clients; `random` picks one for each request. */
  constructor(doors, random, username, password) {
    this.doors = doors;
    this.random = random;
    this.username = username;
    this.password = password;
    this.userId = null;
  }

  static async admin(doors, random) {
    const admin = new Client(doors, random, 'admin', adminPassword);
    await admin.signIn();
    return admin;
  }

  /** A new user, signed in. */
  static async user(admin, username) {
    const password = `${username}-has-a-long-password`;
    await admin.insist('POST', '/api/users', { username, password });
    const user = new Client(admin.doors, admin.random.fork(), username, password);
    await user.signIn();
    return user;
  }

  get token() {
    return this.#token;
  }

  /** Requests that find a token expired at the same time share the next one. */
  signIn() {
    this.#signingIn ??= this.#logIn().finally(() => (this.#signingIn = null));
    return this.#signingIn;
  }

  async #logIn() {
    const { username, password } = this;
    const { body, status } = await this.insist('POST', loginPath, { username, password });
    if (status !== 200) throw new Error(`${username} was not let in: ${JSON.stringify(body)}`);
    this.#token = body.access_token;
    this.userId ??= (await this.insist('GET', '/api/auth/me')).body.user_id;
  }

  /** One request; null when no answer came. */
  async once(method, path, body, headers = {}) {
    try {
      const response = await fetch(this.random.pick(this.doors.urls) + path, {
        method,
        headers: {
          ...(this.#token !== null && path !== loginPath && { Authorization: `Bearer ${this.#token}` }),
          ...(body !== undefined && { 'Content-Type': 'application/json' }),
          ...headers,
        },
        signal: AbortSignal.timeout(answerMs),
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      const type = response.headers.get('content-type') ?? '';
      const answer = {
        status: response.status,
        type,
        replayed: response.headers.has('idempotency-replayed'),
      };
      return { ...answer, body: type.includes('json') ? JSON.parse(text) : text };
    } catch {
      return null;
    }
  }

  /**
   * Asks until there is an answer that is not "later".
   *
   * @throws Error when there is none in time, or the scenario is over
   */
  async insist(method, path, body, headers) {
    const deadline = performance.now() + patienceMs;
    for (;;) {
      const answer = await this.once(method, path, body, headers);
      if (answer?.status === 401 && path !== loginPath) await this.signIn();
      else if (!mayPass(answer)) return answer;
      if (this.doors.isOver()) throw new Error('The scenario is over.');
      if (performance.now() > deadline) {
        throw new Error(`${method} ${path}: no good answer in time, the last was ${JSON.stringify(answer)}`);
      }
      await delay(pauseMs);
    }
  }

  get(path) {
    return this.insist('GET', path);
  }

  /** The task as its owner sees it. */
  async task(taskId) {
    return (await this.get(`/api/tasks/${taskId}`)).body;
  }
}
