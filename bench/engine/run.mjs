// How many bars a second the engine goes through, beside what is possible and beside grademark.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runLimit } from './limit.mjs';
import { seededCandles } from './market.mjs';

const usage = `Usage: npm run bench:engine -- [OPTIONS]

SMA(10, 20) reversal with equity and statistics, in bars per second (the best of several rounds).

  --rounds N       rounds of every engine, in turn (default 15)
  --no-grademark   leave grademark out
  --memory         also what a run allocates a bar
  --sweep          also a thousand runs of a sweep, on one process and on two
  --json           print one JSON object and nothing else
  --help           this text

Needs a build (npm run build). grademark is installed into bench/engine on first use.
`;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '15' },
    'no-grademark': { type: 'boolean', default: false },
    memory: { type: 'boolean', default: false },
    sweep: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (values.help) {
  process.stdout.write(usage);
  process.exit(0);
}
// Needs a build, which help does not.
const { capital, commission, grademarkRunner, runOrderEngine, runVector } = await import('./engines.mjs');
const rounds = Math.max(1, Number(values.rounds) || 15);

/** Runs the engines in turn, so that a busy machine slows them alike; keeps the best of each. */
function barsPerSecond(bars, engines, times) {
  const best = new Map(engines.map(([name]) => [name, 0]));
  for (let round = 0; round < times; round++) {
    for (const [name, repeats, run] of engines) {
      const start = process.hrtime.bigint();
      for (let k = 0; k < repeats; k++) run();
      const seconds = Number(process.hrtime.bigint() - start) / 1e9;
      best.set(name, Math.max(best.get(name), (bars * repeats) / seconds));
    }
  }
  return best;
}

function demandSame(name, got, expected) {
  if (!(Math.abs(got - expected) <= 1e-6 * Math.abs(expected))) {
    throw new Error(
      `${name} ended with ${got} and the limit with ${expected}: they do not run the same strategy`,
    );
  }
}

const million = seededCandles(1_000_000);
const small = seededCandles(2000);
const limit = runLimit(million, capital, commission);
for (const [name, { finalEquity, maxDrawdown, tradeCount }] of [
  ['The order engine', runOrderEngine(million)],
  ['The vectorised path', runVector(million)],
]) {
  demandSame(name, finalEquity, limit.finalEquity);
  demandSame(name, maxDrawdown, limit.maxDrawdown);
  demandSame(name, tradeCount, limit.tradeCount);
}

for (let k = 0; k < 300; k++) runOrderEngine(small); // Compiled before it is measured.
// Stretches of about one length, so that a busy machine breaks into one as often as into another.
const best = barsPerSecond(
  1_000_000,
  [
    ['order', 1, () => runOrderEngine(million)],
    ['vector', 2, () => runVector(million)],
    ['limit', 4, () => runLimit(million, capital, commission)],
  ],
  rounds,
);
const bestSmall = barsPerSecond(2000, [['order', 100, () => runOrderEngine(small)]], rounds);
let grademark = null;
if (!values['no-grademark']) {
  const run = await grademarkRunner(seededCandles(200_000));
  grademark = barsPerSecond(200_000, [['grademark', 1, run]], 2).get('grademark');
}

const report = {
  order_engine_bars_per_s_2k: Math.round(bestSmall.get('order')),
  order_engine_bars_per_s_1m: Math.round(best.get('order')),
  vector_bars_per_s_1m: Math.round(best.get('vector')),
  limit_bars_per_s_1m: Math.round(best.get('limit')),
  grademark_bars_per_s_200k: grademark === null ? null : Math.round(grademark),
  order_engine_share_of_limit: best.get('order') / best.get('limit'),
  vector_share_of_limit: best.get('vector') / best.get('limit'),
  order_engine_over_grademark: grademark === null ? null : best.get('order') / grademark,
  ...(values.memory ? measureMemory() : {}),
  ...(values.sweep ? await (await import('./sweep.mjs')).benchSweep(Math.min(rounds, 3)) : {}),
};

/** In a process whose young generation is larger than all that a run may allocate: nothing is collected. */
function measureMemory() {
  const script = fileURLToPath(new URL('memory.mjs', import.meta.url));
  const { status, stdout } = spawnSync(
    process.execPath,
    ['--expose-gc', '--max-semi-space-size=512', '--min-semi-space-size=512', script],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
  );
  if (status !== 0) throw new Error('The memory could not be measured');
  return JSON.parse(stdout);
}

if (values.json) process.stdout.write(`${JSON.stringify(report)}\n`);
else {
  for (const [name, value] of Object.entries(report)) {
    const text = value === null ? '-' : value > 100 ? value.toLocaleString('en') : value.toFixed(3);
    process.stdout.write(`${name.padEnd(32)}${text.padStart(16)}\n`);
  }
}
