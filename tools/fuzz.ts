import { parseArgs } from 'node:util';
import { fuzz, type FuzzReport } from './fuzz/fuzz-run.js';
import { FuzzedServer } from './fuzz/fuzzed-server.js';

const usage = `Usage: npm run fuzz -- [--seed N] [--requests M] [--json]

Starts a server on a data folder of its own, sends it requests made from its OpenAPI document - right ones, nearly
right ones and hostile ones, as nobody, a forger, a user and an admin - and looks at every answer: none is a 5xx,
each is as the document says, each refusal is a problem with a documented code. Afterwards the server must be ready
and take a backtest to its end.

  --seed N       which requests (default 1): the same seed, the same choices
  --requests M   how many (default 2000)
  --json         print one JSON object on standard output and nothing else there
  --help         this text

Ends with 0 when nothing was wrong, with 1 otherwise.
`;

function countOf(name: string, text: string, most: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new RangeError(`${name} is "${text}"; it must be a whole number from 1 to ${most}.`);
}

function print({
  seed,
  requests,
  seconds,
  operations,
  statuses,
  codes,
  faults,
  unhealthy_after,
}: FuzzReport): void {
  console.log(`${requests} requests (seed ${seed}) to ${operations} operations in ${seconds} s`);
  const line = (counts: Readonly<Record<string, number>>) =>
    Object.entries(counts)
      .map(([key, count]) => `${key} ${count}`)
      .join(', ');
  console.log(`Status: ${line(statuses)}`);
  console.log(`Problems: ${line(codes)}`);
  for (const { number, request, fault, answer } of faults)
    console.log(`\nRequest ${number}: ${fault}\n${request}\n-> ${answer}`);
  console.log(
    `${faults.length} faults; the server is ${unhealthy_after === null ? 'healthy' : `not healthy: ${unhealthy_after}`}.`,
  );
}

async function run(args: string[]): Promise<boolean> {
  const { values } = parseArgs({
    args,
    options: {
      seed: { type: 'string', default: '1' },
      requests: { type: 'string', default: '2000' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return true;
  }
  const options = {
    seed: countOf('--seed', values.seed, 2 ** 31),
    requests: countOf('--requests', values.requests, 10_000_000),
    onProgress: (done: number) => {
      if (process.stderr.isTTY) process.stderr.write(`\r${done} of ${values.requests}`);
    },
  };
  const server = await FuzzedServer.start();
  try {
    const report = await fuzz(server, options);
    if (process.stderr.isTTY) process.stderr.write('\r');
    if (values.json) console.log(JSON.stringify(report));
    else print(report);
    const isFine = report.faults.length === 0 && report.unhealthy_after === null;
    if (!isFine) process.stderr.write(`The end of the server's log:\n${server.log.slice(-5000)}\n`);
    return isFine;
  } finally {
    await server.close();
  }
}

// Whoever interrupts it leaves no server behind.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
try {
  process.exitCode = (await run(process.argv.slice(2))) ? 0 : 1;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
