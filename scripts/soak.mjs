import { parseArgs } from 'node:util';
import { prepare, say, stop } from './steps.mjs';

const usage = `Usage: npm run soak -- --minutes N [--seed N] [--json]

Ten users send tasks of all kinds for N minutes (5), event streams come and go, processes of tasks are killed now and
then. At the end every accepted task must have ended as it should, every stream must have told of everything, and memory,
files, sockets and database sessions of the server may not have grown in the second half: the first is for caches to fill.
A short run sees only a fast leak; one of 4 MB a minute takes twenty. Installs and builds if need be; Linux only.
Ends with 0 when all is well and 1 otherwise.

  --minutes N  how long the load lasts
  --seed N     of the load; a new one by default, always printed
  --json       print one JSON object with the figures on standard output
  --help       this text
`;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' },
    seed: { type: 'string' },
    json: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  },
});
if (values.help) {
  process.stdout.write(usage);
  process.exit(0);
}
const minutes = Number(values.minutes);
if (!(minutes >= 1)) stop('--minutes must be a number from 1.');
const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed);
if (!Number.isSafeInteger(seed)) stop('--seed must be a whole number.');
prepare();
const { SeededRandom } = await import('../dist/tools/test-kit/index.js');
const { Leftovers } = await import('../test/faults/leftovers.mjs');
const { soak } = await import('../test/faults/soak.mjs');

say(`Seed ${seed}, ${minutes} min; again with: npm run soak -- --seed ${seed} --minutes ${minutes}`);
const leftovers = new Leftovers();
process.once('exit', () => leftovers.clear());
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(130));
let saidAt = performance.now();
const progress = (text) => {
  if (performance.now() - saidAt < 15_000) return;
  saidAt = performance.now();
  say(`  ${text}`);
};
const context = { store: 'embedded', random: new SeededRandom(seed), leftovers, progress };
const report = await new Promise((resolve, reject) => {
  const crashed = (what) => reject(new Error(what));
  soak({ ...context, crashed }, { minutes }).then(resolve, reject);
});
for (const [name, { first, last, per_minute, limit }] of Object.entries(report.figures)) {
  say(`  ${name.padEnd(18)} ${first} → ${last}, ${per_minute} a minute (at most ${limit})`);
}
const counts = Object.entries(report.counts).map(([what, count]) => `${what} ${count}`);
say(`  ${counts.join(', ')}`);
for (const violation of report.violations.slice(0, 20)) say(`  - ${violation}`);
const passed = report.violations.length === 0;
if (values.json) process.stdout.write(`${JSON.stringify({ seed, minutes, passed, ...report })}\n`);
else process.stdout.write(`Soak: ${passed ? 'passed' : 'failed'} after ${minutes} min\n`);
process.exit(passed ? 0 : 1);
