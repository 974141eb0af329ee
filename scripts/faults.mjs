import { parseArgs } from 'node:util';
import { prepare, say, stop } from './steps.mjs';

const usage = `Usage: npm run test:faults [-- --seed N] [--rounds N] [--store embedded|postgres|both] [--only NAMES]
       [--at-once N] [--json]

Kills, stops and fills what Headroom runs on, under load, and looks from outside whether it kept its promises:
every accepted task ends, none completes twice, no stream goes back, no process and no temporary file stays.
Installs and builds if need be. Ends with 0 when all is well and 1 otherwise.

  --seed N     of the random moments and the load; a new one by default, always printed
  --rounds N   how often each fault happens (50)
  --store S    where the state is: embedded, postgres or both (both)
  --only NAMES some scenarios, with commas between: busy-machine, kill-server, first-start, kill-child,
               kill-node, kill-database, stopped-node, stopped-at-completion, full-folder, torn-result,
               broken-tasks, no-descriptors
  --at-once N  how many scenarios are played side by side (1)
  --json       print one JSON object with the outcome and the figures on standard output
  --help       this text

PostgreSQL is that of TEST_DATABASE_URL, or one that the suite starts itself from /usr/lib/postgresql.
`;

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    rounds: { type: 'string', default: '50' },
    store: { type: 'string', default: 'both' },
    only: { type: 'string' },
    'at-once': { type: 'string', default: '1' },
    json: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  },
});
if (values.help) {
  process.stdout.write(usage);
} else {
  const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : whole('seed', 0);
  const rounds = whole('rounds', 1);
  const atOnce = whole('at-once', 1);
  const stores = { embedded: ['embedded'], postgres: ['postgres'], both: ['embedded', 'postgres'] }[
    values.store
  ];
  if (stores === undefined) stop('--store must be embedded, postgres or both.');
  prepare();
  const { playAll, scenarios } = await import('../test/faults/suite.mjs');
  const known = [...(await scenarios()).keys()];
  const only = values.only?.split(',') ?? null;
  if (only?.some((name) => !known.includes(name))) stop(`--only must be of ${known.join(', ')}.`);
  say(`Seed ${seed}, ${rounds} rounds; again with: npm run test:faults -- --seed ${seed} --rounds ${rounds}`);
  const report = await playAll({ seed, rounds, stores, only, atOnce, say });
  const { passed, failed, skipped, seconds } = report;
  if (values.json) process.stdout.write(`${JSON.stringify(report)}\n`);
  else
    process.stdout.write(`Faults: ${passed} passed, ${failed} failed, ${skipped} skipped in ${seconds} s\n`);
  process.exit(failed === 0 ? 0 : 1);
}

function whole(name, least) {
  const value = Number(values[name]);
  if (!Number.isSafeInteger(value) || value < least) stop(`--${name} must be a whole number from ${least}.`);
  return value;
}
