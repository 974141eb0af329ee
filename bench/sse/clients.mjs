// N raw sockets that read event streams, in a process of their own; they count, check the order and take the time.
import { once } from 'node:events';
import { connect } from 'node:net';
import { isAdminConnection, userOf } from './population.mjs';

const marker = /@(\d+)@(\d+)@/g;
const connecting = 64;
let clients = [];
let latenciesUs = [];

class StreamClient {
  messages = 0;
  events = 0;
  lastEvent = -1;
  outOfOrder = 0;
  #pending = '';

  constructor(url, isAdmin, user, token) {
    const { hostname, port, pathname } = new URL(url);
    this.isAdmin = isAdmin;
    this.socket = connect({ host: hostname, port: Number(port) });
    this.socket.setEncoding('latin1');
    const query = token === null ? `?user=${user}${isAdmin ? '&admin' : ''}` : '';
    this.socket.write(
      `GET ${pathname}${query} HTTP/1.1\r\nHost: ${hostname}\r\nAccept: text/event-stream\r\n` +
        `${token === null ? '' : `Authorization: Bearer ${token}\r\n`}\r\n`,
    );
    this.socket.on('data', (text) => this.#read(text));
    this.hasBegun = new Promise((resolve, reject) => {
      this.begin = resolve;
      this.socket.once('error', reject);
      this.socket.once('close', () => reject(new Error(`A stream ended: ${this.#pending.slice(0, 200)}`)));
    });
    this.hasBegun.catch(() => undefined);
  }

  #read(text) {
    const whole = this.#pending + text;
    const end = whole.lastIndexOf('\n\n') + 2;
    if (end === 1) {
      this.#pending = whole;
      return;
    }
    this.#pending = whole.slice(end);
    const messages = whole.slice(0, end);
    for (let at = messages.indexOf('"timestamp":'); at >= 0; at = messages.indexOf('"timestamp":', at + 12))
      this.messages += 1;
    const nowUs = Number(process.hrtime.bigint() / 1000n);
    for (const [, number, sentUs] of messages.matchAll(marker)) {
      this.events += 1;
      if (Number(number) <= this.lastEvent) this.outOfOrder += 1;
      this.lastEvent = Number(number);
      latenciesUs.push(nowUs - Number(sentUs));
    }
    if (this.messages > 0) this.begin();
  }
}

const sum = (values) => values.reduce((total, value) => total + value, 0);
const orders = {
  open: async ({ url, tokens, connections }) => {
    for (let from = 0; from < connections; from += connecting) {
      const opened = Array.from({ length: Math.min(connecting, connections - from) }, (_, n) => {
        const user = userOf(from + n);
        return new StreamClient(url, isAdminConnection(from + n, connections), user, tokens?.[user] ?? null);
      });
      await Promise.all(opened.map(({ hasBegun }) => hasBegun));
      clients.push(...opened);
    }
  },
  counts: () => ({
    messages: sum(clients.map(({ messages }) => messages)),
    events: sum(clients.map(({ events }) => events)),
    outOfOrder: sum(clients.map(({ outOfOrder }) => outOfOrder)),
  }),
  latencies: () => {
    const sorted = Float64Array.from(latenciesUs).sort();
    latenciesUs = [];
    const at = (share) =>
      (sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0) / 1000;
    return { p50_ms: at(0.5), p99_ms: at(0.99) };
  },
  close: async () => {
    const open = clients;
    clients = [];
    await Promise.all(
      open.map(async ({ socket }) => {
        const closed = once(socket, 'close');
        socket.destroy();
        await closed;
      }),
    );
  },
};

process.on('message', ({ id, order, ...rest }) => {
  Promise.resolve(orders[order](rest)).then(
    (answer) => process.send({ id, answer }),
    (error) => process.send({ id, error: String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
process.send({ id: 0, answer: null });
