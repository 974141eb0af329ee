// Reads and resamples a million one-minute candles, beside reading the same bytes raw.
// Usage: node bench/market-data/run.mjs [--dist FOLDER] [--rounds N]     (after npm run build)
import { copyFile, mkdtemp, open, readFile, rename, rm } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    dist: { type: 'string', default: 'dist' },
    rounds: { type: 'string', default: '15' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (values.help) {
  console.log('Usage: node bench/market-data/run.mjs [--dist FOLDER] [--rounds N] [--json]');
  process.exit(0);
}
const rounds = Number(values.rounds);
const load = (name) => import(pathToFileURL(resolve(values.dist, 'src/market-data', name)).href);
const { CandleFile, readCandleFile } = await load('candle-file.js');
const { writeCandleFile } = await load('candle-file-writer.js');
const { readCandles } = await load('read-candles.js');
const { resampleCandles } = await load('resample.js');
const { writeSampleData } = await load('write-sample-data.js');

const rows = 1_000_000;
const startMs = Date.UTC(2022, 0, 1);
const column = (value) => Float64Array.from({ length: rows }, (_, row) => value(row));
const candles = {
  time: column((row) => startMs + row * 60_000),
  open: column((row) => 100 + (row % 977)),
  high: column((row) => 101 + (row % 977)),
  low: column((row) => 99 + (row % 977)),
  close: column((row) => 100.5 + (row % 977)),
  volume: column((row) => 1 + (row % 13)),
};
const label = { symbol: 'BENCH', timeframe: '1m', synthetic: true, source: 'benchmark' };

const folder = await mkdtemp(join(tmpdir(), 'bench-candles-'));
try {
  const path = join(folder, '1m.candles');
  await writeCandleFile(path, candles, label);
  const fromMs = startMs + 500_000 * 60_000;
  const bytes = readFileSync(path);
  const file = await open(path, 'r');
  const again = await CandleFile.open(path);
  const used = new ArrayBuffer(rows * 48);
  const cases = {
    'raw: into memory that is mapped already': () => file.read(bytes, 0, bytes.length, 0),
    'raw: touching 48 MB of fresh memory': () => touchFreshMemory(bytes.length),
    'raw: readFileSync, same bytes': () => readFileSync(path),
    'raw: await readFile, same bytes': () => readFile(path),
    'first reading: checksum and 1,000,000 rows': {
      before: async () => {
        // Another inode: a file that this process has not checked yet.
        await copyFile(path, `${path}.new`);
        await rename(`${path}.new`, path);
      },
      run: () => readCandleFile(path),
    },
    'readCandleFile, 1,000,000 rows': () => readCandleFile(path),
    'readCandleFile, 10,000 rows from the middle': () =>
      readCandleFile(path, { fromMs, toMs: fromMs + 10_000 * 60_000 }),
    'the same into memory used before': () => again.read({ first: 0, end: rows }, used),
    'the checksum alone': () => again.verify(),
    'resampleCandles 1m -> 1h, in memory': () => resampleCandles(candles, '1h'),
    'readCandles 1m -> 1h, read and resampled': () => readCandles(path, '1h'),
    'writeCandleFile, 1,000,000 rows, fsynced': () => writeCandleFile(path, candles, label),
  };
  const results = [];
  const print = values.json ? () => undefined : console.log;
  print(`${rows} one-minute candles, 48 MB; ${rounds} rounds after 3 warm-ups; milliseconds`);
  for (const [name, given] of Object.entries(cases)) {
    const { before, run } = typeof given === 'function' ? { run: given } : given;
    const times = [];
    for (let round = -3; round < rounds; round++) {
      await before?.();
      const startedAt = performance.now();
      await run();
      if (round >= 0) times.push(performance.now() - startedAt);
    }
    times.sort((a, b) => a - b);
    const median_ms = times[Math.floor(rounds / 2)];
    results.push({ name, median_ms, best_ms: times[0] });
    print(`${name.padEnd(46)} median ${ms(median_ms)}   best ${ms(times[0])}`);
  }
  await file.close();
  await again.close();
  const before = performance.now();
  await writeSampleData(join(folder, 'market-data'));
  const sample_set_ms = performance.now() - before;
  print(`${'the whole sample set, made and written'.padEnd(46)} once   ${ms(sample_set_ms)}`);
  if (values.json) console.log(JSON.stringify({ rows, rounds, results, sample_set_ms }));
} finally {
  await rm(folder, { recursive: true, force: true });
}

function ms(time) {
  return time.toFixed(1).padStart(7);
}

/** What the kernel takes for handing out memory that nobody has used yet, a page at a time. */
function touchFreshMemory(bytes) {
  const memory = Buffer.allocUnsafeSlow(bytes);
  for (let at = 0; at < bytes; at += 4096) memory[at] = 1;
}
