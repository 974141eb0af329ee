import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { prepare, say, stop } from './steps.mjs';

const steps = {
  faults: ['test:faults', '--rounds', '50', '--at-once', '2'],
  soak: ['soak', '--minutes', '20'],
  fuzz: ['fuzz', '--requests', '20000'],
  bench: ['bench', '--quick'],
};
const usage = `Usage: npm run check:full -- [--only NAMES] [--json]

What takes too long for a check of every change: the fault suite in fifty rounds on both stores, a soak of twenty minutes,
20,000 fuzzed requests, and every bench in its short form. Takes hours. It goes on after a step that fails and ends
with 0 when all went well and 1 otherwise.

  --only NAMES some steps, with commas between: ${Object.keys(steps).join(', ')}
  --json       print one JSON object {name: {passed, seconds}} on standard output
  --help       this text
`;

const { values } = parseArgs({
  options: { only: { type: 'string' }, json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
});
if (values.help) {
  process.stdout.write(usage);
  process.exit(0);
}
const names = values.only?.split(',') ?? Object.keys(steps);
const unknown = names.filter((name) => !(name in steps));
if (unknown.length > 0) stop(`--only must be of ${Object.keys(steps).join(', ')}.`);
prepare();
const report = {};
for (const name of names) {
  const [script, ...args] = steps[name];
  say(`\n== npm run ${script} -- ${args.join(' ')} ==`);
  const startedAt = performance.now();
  const { status } = spawnSync('npm', ['run', script, '--', ...args], { stdio: ['ignore', 2, 2] });
  report[name] = { passed: status === 0, seconds: Math.round((performance.now() - startedAt) / 1000) };
}
const outcomes = Object.entries(report);
if (values.json) process.stdout.write(`${JSON.stringify(report)}\n`);
else
  for (const [name, { passed, seconds }] of outcomes)
    process.stdout.write(`${name} ${passed ? 'passed' : 'failed'} after ${seconds} s\n`);
process.exit(outcomes.every(([, { passed }]) => passed) ? 0 : 1);
