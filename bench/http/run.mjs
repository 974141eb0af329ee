// A small authenticated GET at Headroom, beside bare Express with the same token check.
import { Agent, get } from 'node:http';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { createDatabase } from '../queue/services.mjs';
import { cpuSeconds, startBare, startHeadroom } from './servers.mjs';

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '4000' },
    connections: { type: 'string', default: '16' },
    rounds: { type: 'string', default: '5' },
    dist: { type: 'string', default: new URL('../../dist', import.meta.url).pathname },
    profile: { type: 'string' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (values.help) {
  process.stdout.write(`Usage: npm run bench:http -- [OPTIONS]

Asks GET /api/auth/me of Headroom, every protection on, and of bare Express that checks the same token and gives the
same answer, in turns; requests a second and CPU time a request, medians of the rounds. The route reads nothing but
the caller, which Headroom looks up in its database for every request and Express takes from the token.

  --requests N     of a round (default 4000)      --connections N  kept alive, one request at a time each (default 16)
  --rounds N       (default 5)                    --dist DIR       the build (default dist)
  --profile DIR    writes a CPU profile of Headroom there
  --json           print one JSON object and nothing else

Needs a build (npm run build) and Linux. With TEST_DATABASE_URL or DATABASE_URL, Headroom is measured on that
PostgreSQL; the database's own CPU time is then not counted.
`);
  process.exit(0);
}
const countOf = (name) => {
  const count = Number(values[name]);
  if (!Number.isInteger(count) || count < 1) throw new Error(`--${name} must be a whole number from 1`);
  return count;
};
const requests = countOf('requests');
const connections = countOf('connections');
const rounds = countOf('rounds');
const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)];

const serverUrl = process.env.TEST_DATABASE_URL ?? process.env.DATABASE_URL ?? null;
const database = serverUrl === null ? null : await createDatabase(serverUrl);
const profiling = values.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${values.profile}`];
const headroom = await startHeadroom(values.dist, database?.url ?? null, profiling);
const headers = { Authorization: `Bearer ${headroom.token}` };
const me = await (await fetch(`${headroom.url}/api/auth/me`, { headers })).json();
const bare = await startBare(me);
const agent = new Agent({ keepAlive: true, maxSockets: connections });

/** One request; its body must be that of `me`. */
function ask(url) {
  return new Promise((resolve, reject) => {
    get(`${url}/api/auth/me`, { agent, headers }, (response) => {
      let body = '';
      response.on('data', (chunk) => (body += chunk));
      response.on('end', () => {
        if (response.statusCode === 200 && JSON.parse(body).user_id === me.user_id) resolve();
        else reject(new Error(`${url} answered ${response.statusCode}: ${body}`));
      });
    }).on('error', reject);
  });
}

async function round({ url, pid }) {
  const cpuBefore = cpuSeconds(pid);
  const startedAt = performance.now();
  let left = requests;
  const loop = async () => {
    while (left > 0) {
      left -= 1;
      await ask(url);
    }
  };
  await Promise.all(Array.from({ length: connections }, loop));
  return {
    requests_per_s: requests / ((performance.now() - startedAt) / 1000),
    cpu_us: ((cpuSeconds(pid) - cpuBefore) * 1e6) / requests,
  };
}

const sides = { headroom, bare };
const measured = { headroom: [], bare: [] };
try {
  // The first round of each finds nothing compiled, and does not count.
  for (let i = 0; i <= rounds; i += 1)
    for (const [name, server] of Object.entries(sides)) {
      const figures = await round(server);
      if (i > 0) measured[name].push(figures);
    }
} finally {
  agent.destroy();
  await Promise.all([headroom.stop(), bare.stop()]);
  await database?.drop();
}

const summaryOf = (list) => ({
  requests_per_s: Math.round(median(list.map((figures) => figures.requests_per_s))),
  cpu_us_per_request: Math.round(median(list.map((figures) => figures.cpu_us))),
});
const report = {
  bench: 'http',
  machine: { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, node: process.version },
  settings: { requests, connections, rounds, store: database === null ? 'embedded' : 'PostgreSQL' },
  route: 'GET /api/auth/me',
  headroom: summaryOf(measured.headroom),
  express: summaryOf(measured.bare),
};
// Of the pairs of rounds, which share whatever else the machine was doing.
const ratios = measured.headroom.map(({ cpu_us }, i) => cpu_us / measured.bare[i].cpu_us);
report.cpu_ratio = Math.round(median(ratios) * 100) / 100;
if (values.json) {
  process.stdout.write(`${JSON.stringify(report)}\n`);
} else {
  for (const [name, { requests_per_s, cpu_us_per_request }] of [
    ['Headroom', report.headroom],
    ['bare Express', report.express],
  ])
    console.log(`${name.padEnd(13)} ${requests_per_s} requests/s, ${cpu_us_per_request} µs of CPU a request`);
  console.log(`CPU a request: ${report.cpu_ratio} times that of bare Express (goal: at most 1.6)`);
}
