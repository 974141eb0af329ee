// How fast and how well the boosted trees of libs/learning fit a plain matrix, beside libxgboost where it is there.
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { Matrix } from './matrix.mjs';
import { installPeers } from './peers.mjs';
import { runPlainTree } from './plain-js.mjs';
import { loadXgboost, runXgboost } from './xgboost.mjs';

const usage = `Usage: npm run bench:learning -- [--x FILE.f32 --y FILE.u8 --rows N --cols M] [OPTIONS]

Fits the first K rows, stops early on the next V and scores the rest. Without files: a seeded matrix of
20,000 rows × 30 columns. The matrix is row-major little-endian float32, NaN is missing; labels are bytes 0 or 1.

  --train K          rows to fit on (default three quarters)
  --valid V          rows that stop early; 0: all rounds (default 0 without files, else an eighth)
  --rounds N         trees at most (default 200)         --depth N    levels of a tree (default 6)
  --learning-rate R  (default 0.1)                       --patience N rounds without progress (default 30)
  --growth KIND      depth (default) or leaf             --seed N     (default 1)
  --repeat N         fits; seconds are their median (default 1)
  --peer             measure libxgboost too, all rounds, one thread, and one tree of ml-cart on 2,000 rows;
                     what npm has of it is installed into bench/learning on first use
  --xgboost FOLDER   where libxgboost.so.0 lies, if it is not installed
  --dist DIR         the build (default dist)
  --json             print {auc, log_loss, rounds, seconds, peak_rss_mb, …} and nothing else
  --help             this text
`;

const { values } = parseArgs({
  options: {
    x: { type: 'string' },
    y: { type: 'string' },
    rows: { type: 'string', default: '20000' },
    cols: { type: 'string', default: '30' },
    train: { type: 'string' },
    valid: { type: 'string' },
    rounds: { type: 'string', default: '200' },
    depth: { type: 'string', default: '6' },
    'learning-rate': { type: 'string', default: '0.1' },
    patience: { type: 'string', default: '30' },
    growth: { type: 'string', default: 'depth' },
    seed: { type: 'string', default: '1' },
    repeat: { type: 'string', default: '1' },
    peer: { type: 'boolean', default: false },
    xgboost: { type: 'string' },
    dist: { type: 'string', default: new URL('../../dist', import.meta.url).pathname },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (values.help) {
  process.stdout.write(usage);
  process.exit(0);
}

const { areaUnderCurve, boost, logLossObjective, scoreRows } = await import(
  pathToFileURL(resolve(values.dist, 'libs/learning/src/index.js')).href
);

const rows = Number(values.rows);
const cols = Number(values.cols);
const hasFiles = values.x !== undefined && values.y !== undefined;
const train = Number(values.train ?? Math.floor(0.75 * rows));
const valid = Number(values.valid ?? (hasFiles ? Math.floor(rows / 8) : 0));
if (![rows, cols, train].every((count) => Number.isInteger(count) && count > 0) || !(train + valid < rows)) {
  process.stderr.write(`--train ${train} and --valid ${valid} must leave some of ${rows} rows to score.\n`);
  process.exit(2);
}
if (values.peer) installPeers();
const toMb = (bytes) => bytes / 1024 / 1024;
// What the process holds before there is any data: Node and the code of the bench.
const baselineMb = process.resourceUsage().maxRSS / 1024;
const matrix = hasFiles
  ? Matrix.fromFiles(values.x, values.y, rows, cols)
  : Matrix.synthetic(rows, cols, Number(values.seed));

const settings = {
  rounds: Number(values.rounds),
  learningRate: Number(values['learning-rate']),
  maxDepth: Number(values.depth),
  maxLeaves: 2 ** Number(values.depth),
  growth: values.growth,
  lambda: 1,
  minChildWeight: 1,
  minGain: 0,
  rowSample: 1,
  columnSample: 1,
  patience: Number(values.patience),
};
const fitPart = matrix.part(0, train);
const validation = valid > 0 ? matrix.part(train, train + valid) : undefined;
const rest = matrix.part(train + valid, rows);

const seconds = [];
const cpuSeconds = [];
let boosted;
for (let i = 0; i < Number(values.repeat); i++) {
  const startedAt = performance.now();
  const cpuBefore = process.cpuUsage();
  boosted = boost({
    train: fitPart,
    validation,
    objective: logLossObjective,
    params: settings,
    seed: Number(values.seed),
  });
  seconds.push((performance.now() - startedAt) / 1000);
  cpuSeconds.push(cpuSecondsSince(cpuBefore));
}
const scores = scoreRows(boosted.ensemble, rest.columns);
const scoredAt = performance.now();
let passes = 0;
while (performance.now() - scoredAt < 500) {
  scoreRows(boosted.ensemble, rest.columns);
  passes++;
}
const peakMb = process.resourceUsage().maxRSS / 1024;
const dataMb = toMb(rows * cols * 4);
const rowsPerSecond = (passes * rest.target.length * 1000) / (performance.now() - scoredAt);
const median = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];
const report = {
  auc: areaUnderCurve(scores, rest.target),
  log_loss: logLossObjective.loss(rest.target, scores),
  rounds: boosted.ensemble.roots.length,
  seconds: median(seconds),
  cpu_seconds: median(cpuSeconds),
  peak_rss_mb: peakMb,
  baseline_rss_mb: baselineMb,
  data_mb: dataMb,
  peak_over_data: (peakMb - baselineMb) / dataMb,
  rows_per_second: Math.round(rowsPerSecond),
  row_trees_per_second: Math.round(rowsPerSecond * boosted.ensemble.roots.length),
};
if (values.peer) {
  report.libxgboost = await peer();
  report.ml_cart = await plainPeer(Math.min(train, 2000));
}

function cpuSecondsSince(before) {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

async function peer() {
  const library = await loadXgboost(values.xgboost);
  if (library.missing) return { skipped: library.missing };
  const runs = Array.from({ length: Number(values.repeat) }, () =>
    runXgboost(library, matrix, train, train + valid, settings),
  );
  return {
    auc: areaUnderCurve(runs[0].scores, rest.target),
    seconds: median(runs.map((run) => run.seconds)),
    cpu_seconds: median(runs.map((run) => run.cpuSeconds)),
  };
}

/** One tree of ml-cart beside the mean of 20 of ours, on the same few rows: more would take it minutes. */
async function plainPeer(few) {
  const theirs = await runPlainTree(matrix, few, settings.maxDepth);
  if (theirs.skipped) return theirs;
  const before = process.cpuUsage();
  const params = { ...settings, rounds: 20 };
  boost({ train: matrix.part(0, few), objective: logLossObjective, params, seed: Number(values.seed) });
  return { ...theirs, our_cpu_seconds_per_tree: cpuSecondsSince(before) / params.rounds };
}

if (values.json) process.stdout.write(`${JSON.stringify(report)}\n`);
else {
  process.stdout.write(
    `${train} rows × ${cols}, ${report.rounds} rounds of depth ${settings.maxDepth}: ${report.seconds.toFixed(2)} s, ` +
      `AUC ${report.auc.toFixed(4)}, log loss ${report.log_loss.toFixed(4)}\n` +
      `scores ${report.rows_per_second.toLocaleString('en')} rows a second ` +
      `(${report.row_trees_per_second.toLocaleString('en')} rows × trees)\n` +
      `peak ${peakMb.toFixed(0)} MB, of which Node and code ${baselineMb.toFixed(0)}: ` +
      `${report.peak_over_data.toFixed(1)} × the matrix of ${dataMb.toFixed(1)} MB\n`,
  );
  const { libxgboost } = report;
  if (libxgboost?.skipped) process.stdout.write(`libxgboost: skipped, ${libxgboost.skipped}\n`);
  else if (libxgboost) {
    process.stdout.write(
      `libxgboost, one thread: ${libxgboost.seconds.toFixed(2)} s, AUC ${libxgboost.auc.toFixed(4)}; ` +
        `CPU time ${report.cpu_seconds.toFixed(2)} s beside ${libxgboost.cpu_seconds.toFixed(2)} s ` +
        `(${(report.cpu_seconds / libxgboost.cpu_seconds).toFixed(2)} ×)\n`,
    );
  }
  const { ml_cart: cart } = report;
  if (cart?.skipped) process.stdout.write(`ml-cart: skipped, ${cart.skipped}\n`);
  else if (cart) {
    process.stdout.write(
      `ml-cart, one tree on ${cart.rows} rows: ${cart.cpu_seconds_per_tree.toFixed(3)} s of CPU ` +
        `beside ${cart.our_cpu_seconds_per_tree.toFixed(4)} s\n`,
    );
  }
}
