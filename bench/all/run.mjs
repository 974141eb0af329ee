// Every bench, one after another, and one table of how Headroom stands beside others.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { leftOutOf, ratiosOf } from './ratios.mjs';

const folder = join(import.meta.dirname, '..');
const known = readdirSync(folder)
  .filter((name) => name !== 'all' && existsSync(join(folder, name, 'run.mjs')))
  .sort();
/** What makes a bench say more, or take less time. */
const usual = { learning: ['--peer'] };
const quick = {
  engine: ['--rounds', '3'],
  http: ['--requests', '1000', '--rounds', '2'],
  learning: ['--peer', '--rounds', '50'],
  queue: ['--jobs', '500', '--rounds', '1', '--sizes', '100,1000', '--http', '5'],
  sse: ['--connections', '100', '--rounds', '1'],
  footprint: ['--minutes', '1', '--starts', '3', '--without-install'],
  'host-probe': ['--rounds', '4'],
  'market-data': ['--rounds', '5'],
  output: ['--mb', '128'],
  scheduler: ['--sizes', '1000,10000', '--rounds', '10'],
};
const longestMs = 45 * 60_000;

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (values.help) {
  process.stdout.write(`Usage: npm run bench -- [--quick] [--only LIST] [--json]

Runs every bench and prints one table: what Headroom does, what somebody else does in the same run, and the ratio, which
is above 1 where Headroom is better. What cannot run here is named with the reason.

  --quick      fewer rounds: a few minutes in all instead of half an hour
  --only LIST  of ${known.join(', ')}
  --json       print one JSON object with every bench's own report and nothing else
`);
  process.exit(0);
}
const names = values.only?.split(',') ?? known;
const unknown = names.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  process.stderr.write(`There is no bench ${unknown.join(', ')}; there are ${known.join(', ')}.\n`);
  process.exit(1);
}

const benches = [];
for (const name of names) {
  process.stderr.write(`${name}…\n`);
  const startedAt = performance.now();
  const { report, reason } = await run(name, (values.quick ? quick : usual)[name] ?? []);
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  const ratios = report === null ? [] : (ratiosOf[name]?.(report) ?? report.ratios ?? []);
  const left_out = report === null ? [reason] : leftOutOf(report);
  benches.push({ name, seconds, ratios, left_out, report });
}
const result = {
  version: JSON.parse(readFileSync(join(folder, '..', 'package.json'), 'utf8')).version,
  node: process.version,
  cpu: cpus()[0]?.model.trim() ?? null,
  cpus: cpus().length,
  ram_gb: Math.round(totalmem() / 2 ** 30),
  system: `${process.platform} ${release()}`,
  at: new Date().toISOString(),
  benches,
};
if (values.json) process.stdout.write(`${JSON.stringify(result)}\n`);
else print();

/** A bench in a process of its own; its report, or why there is none. */
function run(name, args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(folder, name, 'run.mjs'), '--json', ...args], {
      cwd: join(folder, '..'),
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: longestMs,
    });
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk) => (out += chunk));
    child.stderr.on('data', (chunk) => (err = (err + chunk).slice(-20_000)));
    child.once('close', (code, signal) => {
      if (code === 0) {
        try {
          resolve({ report: JSON.parse(out), reason: null });
          return;
        } catch {
          err = 'Its report is no JSON.';
        }
      }
      const words = err.split('\n').filter((line) => /^\S.*\w/.test(line) && !/^Node\.js v/.test(line));
      const last = words.findLast((line) => /error/i.test(line)) ?? words.at(-1);
      resolve({ report: null, reason: last ?? `it ended with ${signal ?? code}` });
    });
  });
}

function print() {
  const figure = (value) =>
    value >= 1000 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)));
  const rows = benches.flatMap(({ name, ratios }) =>
    ratios.map(({ what, ours, theirs, peer, ratio }) => [
      name,
      what,
      figure(ours),
      `${figure(theirs)} (${peer})`,
      `${Number(ratio.toPrecision(3))} ×`,
    ]),
  );
  const lines = [
    `Headroom ${result.version}, Node ${result.node}, ${result.cpus} × ${result.cpu}, ${result.ram_gb} GB, ${result.system}`,
    '',
    '| bench | what | Headroom | beside | ratio (above 1: better) |',
    '| --- | --- | --- | --- | --- |',
    ...rows.map((cells) => `| ${cells.join(' | ')} |`),
    '',
    ...benches
      .filter(({ report, ratios }) => report !== null && ratios.length === 0)
      .map(
        ({ name }) =>
          `${name}: measured, with nobody beside it; \`npm run bench:${name}\` shows the figures.`,
      ),
    ...benches.flatMap(({ name, left_out }) => left_out.map((what) => `Left out of ${name}: ${what}`)),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}
