import { request } from 'node:http';
import { EventParser } from '../../dist/libs/client/src/index.js';
import { delay } from '../../dist/tools/test-kit/index.js';

const reconnectMs = 300;
const silenceMs = 15_000;

/**
 * Follows a client's event stream for good: when it breaks off, it connects again where it was, as a
 * browser does. It remembers every event and whether the order ever went back.
 */
export class Watcher {
  /** Sequence number → `type task_id` of all state events. */
  seen = new Map();
  /** Spans of sequence numbers that a fresh snapshot stood for: `[after, upTo]`. */
  skipped = [];
  violations = [];
  connections = 0;
  #lastId = null;
  #last = -1;
  #isClosed = false;
  #awaited = new Map();
  #request = null;

  constructor(client, name) {
    this.client = client;
    this.name = name;
    void this.#follow();
  }

  get last() {
    return this.#last;
  }

  /** Resolves as soon as the stream tells of an event, as `task_completed <id>`. */
  next(event) {
    return new Promise((resolve) => this.#awaited.set(event, resolve));
  }

  close() {
    this.#isClosed = true;
    this.#request?.destroy();
  }

  async #follow() {
    while (!this.#isClosed) {
      await this.#connect().catch(() => undefined);
      if (!this.#isClosed) await delay(reconnectMs);
    }
  }

  #connect() {
    return new Promise((resolve) => {
      const url = `${this.client.random.pick(this.client.doors.urls)}/api/system/task-events`;
      const headers = { Authorization: `Bearer ${this.client.token}` };
      if (this.#lastId !== null) headers['Last-Event-ID'] = this.#lastId;
      this.#request = request(url, { headers, agent: false }, (response) => {
        if (response.statusCode === 401) void this.client.signIn().catch(() => undefined);
        if (response.statusCode !== 200) {
          response.resume();
          response.on('close', resolve);
          return;
        }
        this.connections += 1;
        const parser = new EventParser();
        response.on('data', (bytes) => {
          for (const event of parser.push(bytes)) this.#take(event);
        });
        response.on('close', resolve);
        response.on('error', resolve);
      });
      // A heartbeat comes every five seconds; a stream that says nothing for longer is dead.
      this.#request.setTimeout(silenceMs, () => this.#request.destroy());
      this.#request.on('error', resolve);
      this.#request.end();
    });
  }

  #see(sequence, event) {
    this.seen.set(sequence, event);
    this.#awaited.get(event)?.();
    this.#awaited.delete(event);
  }

  #take({ id, data }) {
    if (id === null || data === null) return;
    const { type, data: about } = JSON.parse(data);
    const sequence = Number(id.split('-')[1]);
    if (type === 'heartbeat' || type === 'queue_positions') {
      if (id !== this.#lastId) this.violations.push(`${this.name}: a ${type} moved the last id to ${id}`);
      return;
    }
    const isSnapshot = type === 'initial_state';
    if (isSnapshot ? sequence < this.#last : sequence <= this.#last) {
      this.violations.push(`${this.name}: ${type} ${sequence} came after ${this.#last}`);
    }
    if (isSnapshot) this.skipped.push([this.#last, sequence]);
    else this.#see(sequence, `${type} ${about.task_id}`);
    this.#last = Math.max(this.#last, sequence);
    this.#lastId = id;
  }
}
