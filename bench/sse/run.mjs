// What one delivered event costs: the product's event stream beside a raw node:http write loop and better-sse.
import { fork, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { isAdminConnection, streamsPerUser } from './population.mjs';

const usage = `Usage: npm run bench:sse -- [--connections 100,1000,5000] [--rounds 3] [--json]

For each number of connections, half of them admins', and each of three servers: server and clients in processes of
their own. Events are sent one at a time (single) and a thousand in one second (burst). CPU is all the server process
used (getrusage) over messages delivered, heartbeats included; memory is RSS after a collection, less that before the
connections came. Needs as many open files as connections (ulimit -n). better-sse is installed into bench/sse on first use.

  --servers LIST   of raw, better-sse, headroom
  --dist DIR       the build (default dist)
  --json           print one JSON object and nothing else
`;
const { values } = parseArgs({
  options: {
    connections: { type: 'string', default: '100,1000,5000' },
    rounds: { type: 'string', default: '3' },
    servers: { type: 'string', default: 'raw,better-sse,headroom' },
    dist: { type: 'string', default: new URL('../../dist', import.meta.url).pathname },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (values.help) {
  process.stdout.write(usage);
  process.exit(0);
}

const folder = import.meta.dirname;
const rounds = Number(values.rounds);
const sizes = values.connections.split(',').map(Number);
const servers = values.servers.split(',');
const roundMs = 4000;
/** Single events are far enough apart that none waits for another, and so far that the server stays half idle. */
const mostDeliveriesPerSecond = 10_000;
const leastGapMs = 40;

if (servers.includes('better-sse') && !existsSync(join(folder, 'node_modules', 'better-sse'))) {
  const npm = [
    'install',
    '--ignore-scripts',
    '--no-package-lock',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ];
  const { status } = spawnSync('npm', npm, { cwd: folder, stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error('better-sse could not be installed');
}

/** A process that answers orders. */
class Helper {
  #waiting = new Map();
  #nextId = 1;

  constructor(script, args = [], execArgv = []) {
    this.child = fork(join(folder, script), args, { execArgv, stdio: ['ignore', 2, 2, 'ipc'] });
    this.started = new Promise((resolve, reject) => {
      this.#waiting.set(0, { resolve, reject });
      this.child.once('exit', (code) => {
        for (const { reject: fail } of this.#waiting.values())
          fail(new Error(`${script} ended with ${code}`));
      });
    });
    this.child.on('message', ({ id, answer, error }) => {
      const { resolve, reject } = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error === undefined) resolve(answer);
      else reject(new Error(error));
    });
  }

  order(order, details = {}) {
    const id = this.#nextId++;
    this.child.send({ id, order, ...details });
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  async stop() {
    if (this.child.exitCode !== null) return;
    const exited = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGKILL');
    await exited;
  }
}

const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)];

/** Waits until as much has come as there should, or nothing has come any more for some seconds. */
async function delivered(count, expected) {
  let last = -1;
  for (let stillFor = 0; stillFor < 10; stillFor += 1) {
    await delay(500);
    const now = await count();
    if (now >= expected) return;
    if (now > last) stillFor = 0;
    last = now;
  }
}

/** All figures of one server at one number of connections. */
async function measure(name, connections) {
  const args = name === 'headroom' ? [values.dist, String(connections)] : [];
  const server = new Helper(`server-${name}.mjs`, args, ['--expose-gc']);
  const clients = new Helper('clients.mjs');
  try {
    await Promise.all([server.started, clients.started]);
    const { url, tokens } = await server.order('ready');
    // Some connections come and go first, a few at a time: what is compiled and allocated once is not theirs.
    for (let gone = 0; gone < 2000; gone += 100) {
      await clients.order('open', { url, tokens, connections: Math.min(connections, 100) });
      await clients.order('close');
    }
    await delay(1000);
    const before = await server.order('memory');
    await clients.order('open', { url, tokens, connections });
    await delay(1500);
    const rssPerConnection = ((await server.order('memory')) - before) / connections;

    const admins = Array.from({ length: connections }, (_, n) => n).filter((n) =>
      isAdminConnection(n, connections),
    );
    const deliveriesPerEvent = admins.length + streamsPerUser;
    let first = 0;
    const publish = async (events, intervalMs) => {
      const counted = await clients.order('counts');
      const cpu = await server.order('cpu');
      await server.order('publish', { events, intervalMs, connections, first });
      first += events;
      const expected = events * deliveriesPerEvent;
      await delivered(async () => (await clients.order('counts')).events - counted.events, expected);
      const micros = (await server.order('cpu')) - cpu;
      const { messages, events: received, outOfOrder } = await clients.order('counts');
      const lost = expected - (received - counted.events);
      return { micros, messages: messages - counted.messages, lost, outOfOrder };
    };

    const gapMs = Math.max(leastGapMs, (deliveriesPerEvent / mostDeliveriesPerSecond) * 1000);
    await publish(Math.ceil(1000 / gapMs), gapMs);
    await clients.order('latencies');
    const single = [];
    for (let round = 0; round < rounds; round += 1)
      single.push(await publish(Math.round(roundMs / gapMs), gapMs));
    const latency = await clients.order('latencies');
    const burst = [];
    for (let round = 0; round < rounds; round += 1) burst.push(await publish(1000, 1));
    const all = [...single, ...burst];
    const perDelivery = (list) => median(list.map(({ micros, messages }) => micros / messages));
    return {
      server: name,
      connections,
      cpu_us_per_delivery: perDelivery(single),
      burst_us_per_delivery: perDelivery(burst),
      ...latency,
      rss_kb_per_connection: rssPerConnection / 1024,
      delivered: all.reduce((total, { messages }) => total + messages, 0),
      lost: all.reduce((total, { lost }) => total + lost, 0),
      out_of_order: all.at(-1).outOfOrder,
    };
  } finally {
    await Promise.all([clients.stop(), server.stop()]);
  }
}

const machine = { node: process.version, cpu: cpus()[0]?.model, cpus: cpus().length };
if (!values.json) {
  console.log(
    `Node ${machine.node}, ${machine.cpus} × ${machine.cpu}, median of ${rounds} rounds\n\n` +
      '| connections | server | CPU µs a delivery | × raw | p50 / p99 ms | KB a connection | burst: µs a delivery | ÷ single | lost |\n' +
      '| --- | --- | --- | --- | --- | --- | --- | --- | --- |',
  );
}
const rows = [];
for (const connections of sizes) {
  const of = [];
  for (const name of servers) of.push(await measure(name, connections));
  const raw = of.find(({ server }) => server === 'raw')?.cpu_us_per_delivery ?? null;
  for (const row of of) {
    row.times_raw = raw === null ? null : row.cpu_us_per_delivery / raw;
    row.burst_to_single = row.burst_us_per_delivery / row.cpu_us_per_delivery;
    rows.push(row);
    if (values.json) continue;
    console.log(
      `| ${row.connections} | ${row.server} | ${row.cpu_us_per_delivery.toFixed(1)} | ${row.times_raw?.toFixed(2) ?? '–'} | ` +
        `${row.p50_ms.toFixed(1)} / ${row.p99_ms.toFixed(1)} | ${row.rss_kb_per_connection.toFixed(1)} | ` +
        `${row.burst_us_per_delivery.toFixed(2)} | ${row.burst_to_single.toFixed(3)} | ${row.lost} |`,
    );
  }
}
if (values.json) process.stdout.write(`${JSON.stringify({ ...machine, rounds, rows })}\n`);
