import 'reflect-metadata';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { checkLookAhead, runBacktest, type Candles } from '@app/backtest';
import { readResultText } from '@app/tasks-sdk';
import { CandleStore } from '../src/market-data/candle-store.js';
import { Server } from './harness/server.js';
import { EfficiencyRatio, efficiencyRatio } from './extending/efficiency-ratio.js';
import runCorrelationTask from './extending/correlation.task.js';
import { Momentum } from './extending/momentum.js';

const root = join(import.meta.dirname, '..');
const examples = join(import.meta.dirname, 'extending');
const files = readdirSync(examples);
/** As the file would stand in a folder of its own below `src`, or among the strategies. */
const asPrinted = (file: string) =>
  readFileSync(join(examples, file), 'utf8').replaceAll(/\.\.\/\.\.\/(libs\/backtest\/)?src\//g, '../');

describe('docs/extending.md', () => {
  const page = readFileSync(join(root, 'docs', 'extending.md'), 'utf8');

  it.each(files)('prints %s as it is compiled and run here', (file) => {
    expect(page).toContain(`\`\`\`ts\n${asPrinted(file)}\`\`\``);
  });

  it('prints no other file', () => {
    expect(page.match(/^```ts$/gm)).toHaveLength(files.length);
  });
});

describe('the task of the example', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'headroom-extending-'));
  afterAll(() => rmSync(dataDir, { recursive: true }));

  it('finds that a market correlates with itself at 1 and with its mirror image at -1', async () => {
    const steps = Array.from({ length: 40 }, (_, i) => ((i * 7) % 5) - 2);
    const market = (sign: number) => {
      let price = 100;
      return candlesOf(steps.map((step) => (price *= Math.exp((sign * step) / 100))));
    };
    const store = new CandleStore(join(dataDir, 'market-data'));
    const labels = { synthetic: true, source: 'made for a test' };
    await store.write('AAA_USDT', '1d', market(1), labels);
    await store.write('BBB_USDT', '1d', market(1), labels);
    await store.write('CCC_USDT', '1d', market(-1), labels);
    for (const [other, expected] of [
      ['BBB_USDT', 1],
      ['CCC_USDT', -1],
    ] as const) {
      const said: string[] = [];
      const resultPath = join(dataDir, `${other}.json.gz`);
      const summary = (await runCorrelationTask(
        { symbols: ['AAA_USDT', other], window_days: 10 },
        {
          taskId: 't',
          userId: 'u',
          attempt: 1,
          dataDir,
          resultPath,
          shard: null,
          shardResults: [],
          signal: new AbortController().signal,
          report: (description) => said.push(description),
        },
      )) as { correlation: number };
      expect(summary.correlation).toBeCloseTo(expected, 9);
      expect(said[0]).toBe('🚀 Starting custom task...');
      expect(said.at(-1)).toBe(`✅ Custom task complete! AAA_USDT and ${other}: ${expected}.00`);
      // 40 closes give 39 returns, which give 30 windows of 10.
      expect(JSON.parse(await readResultText(resultPath)).series).toHaveLength(30);
    }
  });
});

describe('the strategy of the example', () => {
  // Rises by 1 a bar to 109 at bar 9, then falls by 1 a bar.
  const candles = candlesOf(Array.from({ length: 20 }, (_, i) => (i < 10 ? 100 + i : 118 - i)));

  it('buys at the open after the rise and leaves at the open after the turn', () => {
    const params = { lookback: 2, threshold: 0.015 };
    const result = runBacktest({ candles, strategy: Momentum, params, initialCapital: 1000 });
    // 102 / 100 - 1 = 0.02 at bar 2 fills at bar 3; 107 / 109 - 1 < 0 at bar 11 fills at bar 12.
    expect(result.trades.length).toBe(1);
    const [bought, sold] = [candles.open[3]!, candles.open[12]!];
    expect(result.performance.finalEquity / 1000).toBeCloseTo(sold / bought, 6);
  });

  it('looks at no bar before it has closed', () => {
    const request = { candles, strategy: Momentum, params: { lookback: 2 }, initialCapital: 1000 };
    expect(checkLookAhead(request)).toMatchObject({ violation: null });
  });
});

describe('the indicator of the example', () => {
  it('divides the change by the way there', () => {
    // From the third value on: |13 - 10| / (2 + 1), |11 - 12| / (1 + 2), |12 - 13| / (2 + 1), and nothing moved.
    const values = Float64Array.from([10, 12, 13, 11, 12, 12, 12]);
    const expected = [NaN, NaN, 3 / 3, 1 / 3, 1 / 3, 1 / 1, 0];
    efficiencyRatio(values, 2).forEach((value, i) => {
      if (Number.isNaN(expected[i])) expect(value).toBeNaN();
      else expect(value).toBeCloseTo(expected[i]!, 12);
    });
  });

  it('gives one value at a time what it gives over a series, whatever comes later', () => {
    const values = Float64Array.from({ length: 60 }, (_, i) => 100 + ((i * 7) % 11));
    const whole = efficiencyRatio(values, 10);
    const stepper = new EfficiencyRatio(10);
    values.forEach((value, i) => {
      expect(stepper.next(value)).toBe(whole[i]);
      expect(efficiencyRatio(values.slice(0, i + 1), 10).at(-1)).toBe(whole[i]);
    });
  });
});

describe('npm run plugin', () => {
  const folder = mkdtempSync(join(tmpdir(), 'headroom-plugin-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('writes nothing where the types are not those of the server', () => {
    const wrong = join(folder, 'wrong.task.ts');
    const lines = [
      "import type { TaskContext } from '@app/tasks-sdk';",
      'export default (_: unknown, context: TaskContext) => context.report(5, 0);',
    ];
    writeFileSync(wrong, lines.join('\n'));
    const { status, stdout, stderr } = compile(wrong, '--out', join(folder, 'compiled'));
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/wrong\.task\.ts\(2,\d+\): error TS2345: .*'number'.*'string'/);
    expect(existsSync(join(folder, 'compiled'))).toBe(false);
  });

  it('compiles what a file of the plug-in imports from its own folder too', () => {
    writeFileSync(join(folder, 'sum.ts'), 'export const sum = (a: number, b: number) => a + b;');
    writeFileSync(join(folder, 'sum.task.ts'), "export { sum as default } from './sum.js';");
    const out = join(folder, 'with-own-imports');
    expect(compile(join(folder, 'sum.task.ts'), '--out', out).status).toBe(0);
    expect(readFileSync(join(out, 'sum.task.js'), 'utf8')).toContain("from './sum.js'");
    expect(existsSync(join(out, 'sum.js'))).toBe(true);
  });
});

describe('the modules of the example, as plug-ins of a running server', () => {
  const elsewhere = mkdtempSync(join(tmpdir(), 'headroom-plugin-'));
  const inside = mkdtempSync(join(root, 'dist', '.test-plugins-'));
  let server: Server;

  beforeAll(async () => {
    const printed = ['correlation.module.ts', 'correlation.task.ts'].map((file) => {
      writeFileSync(join(elsewhere, file), asPrinted(file));
      return join(elsewhere, file);
    });
    const out = join(elsewhere, 'compiled');
    expect(compile(...printed, '--out', out).stderr).toBe('');
    expect(compile(join(examples, 'custom-task.module.ts'), '--out', inside).stderr).toBe('');
    const plugins = [join(out, 'correlation.module.js'), join(inside, 'custom-task.module.js')];
    server = await Server.start({ HEADROOM_PLUGINS: plugins.join(',') });
  });

  afterAll(async () => {
    await server.remove();
    for (const folder of [elsewhere, inside]) rmSync(folder, { recursive: true });
  });

  it('run a task of the new type in its process and answer with its result, to its owner alone', async () => {
    const [ana, ben] = [await server.user('ana'), await server.user('ben')];
    const posted = await ana.post('/api/correlations', { symbols: ['BTC_USDT', 'eth-usdt'] });
    expect([posted.status, posted.headers.get('location')]).toEqual([
      202,
      `/api/correlations/${posted.body.task_id}`,
    ]);
    const task = await ana.ended(posted.body.task_id as string);
    expect(task).toMatchObject({ task_type: 'correlation', status: 'completed', progress: 1 });
    expect(task.description).toMatch(/^✅ Custom task complete! BTC_USDT and ETH_USDT: 0\.\d\d$/);
    const { body } = await ana.get(`/api/correlations/${posted.body.task_id}`);
    // 2022 to 2025 are 1461 days, 1460 returns, 1431 windows of 30.
    expect(body.series).toHaveLength(1431);
    expect((await ben.get(`/api/correlations/${posted.body.task_id}`)).status).toBe(404);
  });

  it('refuse what is not in the schema', async () => {
    const { status, body } = await (
      await server.admin()
    ).post('/api/correlations', { symbols: ['BTC_USDT'] });
    expect([status, body.code]).toEqual([422, 'VALIDATION_FAILED']);
  });

  it('show a function of the server as a task, with its three words', async () => {
    const admin = await server.admin();
    const events = await admin.events();
    const { body } = await admin.post('/api/custom-tasks');
    await admin.ended(body.task_id as string);
    const ended = ({ message }: { message: { type: string } }) => message.type === 'task_completed';
    await events.until(ended);
    events.close();
    expect(events.ofTask(body.task_id as string).map(({ message }) => message.data.description)).toEqual([
      '🚀 Starting custom task...',
      '📊 Processing data (50%)...',
      '✅ Custom task complete!',
      '✅ Custom task complete!',
    ]);
  });
});

function compile(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const script = join(root, 'scripts', 'plugin.mjs');
  return spawnSync(process.execPath, [script, ...args, '--json'], { encoding: 'utf8' });
}

function candlesOf(closes: readonly number[]): Candles {
  const close = Float64Array.from(closes);
  const open = close.map((price, i) => close[i - 1] ?? price);
  return {
    time: close.map((_, i) => Date.UTC(2024, 0, 1 + i)),
    open,
    close,
    high: close.map((price, i) => Math.max(price, open[i]!)),
    low: close.map((price, i) => Math.min(price, open[i]!)),
    volume: close.map(() => 1),
  };
}
