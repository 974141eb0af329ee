import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { backtestOptimizeRequest } from '../../dist/libs/contracts/src/index.js';
import { CandleStore } from '../../dist/src/market-data/candle-store.js';
import { optimizationPayload, partsOf, pointsOf } from '../../dist/src/backtests/optimization-payload.js';
import { seededCandles } from './market.mjs';

const childEntry = fileURLToPath(
  new URL('../../dist/src/queue/execution/task-process-entry.js', import.meta.url),
);
const entry = new URL('../../dist/src/backtests/optimization.task.js', import.meta.url).href;
const bars = 35_040;

/** One piece of the sweep in a process like the server's: start, candles, runs and result file included. */
function runPiece(order) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [childEntry], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      serialization: 'advanced',
    });
    child.on('message', (message) => {
      if (message.type === 'done') resolve(message);
      if (message.type === 'failed') reject(new Error(message.error.message));
    });
    child.on('error', reject);
    child.send({
      type: 'run',
      entry,
      taskId: 'bench',
      userId: 'bench',
      attempt: 1,
      partResults: [],
      ...order,
    });
  });
}

/** All parts of a sweep, so many side by side, and their combining; the wall clock time in seconds. */
async function timeSweep(dataDir, payload, parts, processes) {
  const results = Array.from({ length: parts }, (_, index) => join(dataDir, 'results', `${index}.json.gz`));
  const waiting = [...results.keys()];
  const startedAt = performance.now();
  let cpuSeconds = 0;
  const worker = async () => {
    for (let index = waiting.shift(); index !== undefined; index = waiting.shift()) {
      const part = { index, count: parts };
      const { use } = await runPiece({ payload, dataDir, resultPath: results[index], part });
      cpuSeconds += use.cpuSeconds;
    }
  };
  await Promise.all(Array.from({ length: processes }, worker));
  const resultPath = join(dataDir, 'results', 'all.json.gz');
  const { summary } = await runPiece({ payload, dataDir, resultPath, part: null, partResults: results });
  return { seconds: (performance.now() - startedAt) / 1000, cpuSeconds, best: summary.optimization.best };
}

/** A thousand runs over a year of quarter hours, on one process and on two, by turns; the best of each. */
export async function benchSweep(rounds) {
  const dataDir = mkdtempSync(join(tmpdir(), 'headroom-sweep-bench-'));
  try {
    const candles = seededCandles(bars);
    const label = { synthetic: true, source: 'bench' };
    await new CandleStore(join(dataDir, 'market-data')).write('BENCH', '15m', candles, label);
    const request = backtestOptimizeRequest.parse({
      strategy: 'SmaCross',
      symbol: 'BENCH',
      timeframe: '15m',
      start_date: '2000-01-01',
      end_date: '2001-01-01',
      initial_capital: 10_000,
      space: { fast_period: { min: 2, max: 26, step: 1 }, slow_period: { min: 30, max: 69, step: 1 } },
    });
    const points = pointsOf(request).count;
    const work = points * bars;
    const order = { request, bars, modelFile: null, leaks: false, points, work };
    const payload = optimizationPayload.parse(order);
    const parts = partsOf(payload);
    const best = [Infinity, Infinity];
    let cpuSeconds = Infinity;
    let first = null;
    for (let round = 0; round < rounds; round++) {
      for (const processes of [1, 2]) {
        const run = await timeSweep(dataDir, payload, parts, processes);
        best[processes - 1] = Math.min(best[processes - 1], run.seconds);
        cpuSeconds = Math.min(cpuSeconds, run.cpuSeconds);
        const text = JSON.stringify(run.best);
        first ??= text;
        if (text !== first) throw new Error('The sweeps ended with different winners');
      }
    }
    return {
      sweep_runs: points,
      sweep_parts: parts,
      sweep_seconds_1_process: best[0],
      sweep_seconds_2_processes: best[1],
      sweep_cpu_seconds: cpuSeconds,
      sweep_speedup_2_processes: best[0] / best[1],
    };
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}
