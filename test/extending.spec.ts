import 'reflect-metadata';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { checkLookAhead, runBacktest, type Candles } from '@app/backtest';
import { readResultText, type TaskContext } from '@app/tasks-sdk';
import { CandleStore } from '../src/market-data/candle-store.js';
import { Server } from './harness/server.js';
import { EfficiencyRatio, efficiencyRatio } from './extending/efficiency-ratio.js';
import runCorrelationTask from './extending/correlation.task.js';
import runDrawdownOdds from './extending/drawdown-odds.task.js';
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

describe('the drawdown task of the example', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'headroom-extending-'));
  afterAll(() => rmSync(dataDir, { recursive: true }));

  const run = async (payload: object) => {
    const resultPath = join(dataDir, 'odds.json.gz');
    const said: string[] = [];
    const context = { ...taskContext(dataDir, resultPath), report: (line: string) => void said.push(line) };
    const summary = await runDrawdownOdds(payload, context);
    return { summary, said, result: JSON.parse(await readResultText(resultPath)) as object };
  };

  it('finds the drawdowns of two trades of which one halves the money', async () => {
    // Drawn twice: 0 in one of four cases, a half in two of them, three quarters in one.
    const { summary, said, result } = await run({ returns: [0.1, -0.5], runs: 2000 });
    expect(summary).toEqual({ median: 0.5, one_in_20: 0.75, one_in_100: 0.75 });
    expect(result).toEqual({ runs: 2000, seed: 1, trades: 2, ...(summary as object) });
    expect(said.at(-1)).toBe('✅ One run in 20 falls by 75.0 % or more');
  });

  it('draws the same for the same seed', async () => {
    const returns = [0.03, -0.02, 0.01, -0.04, 0.05];
    const [one, again, other] = [
      await run({ returns }),
      await run({ returns }),
      await run({ returns, seed: 2 }),
    ];
    expect(again.summary).toEqual(one.summary);
    expect(other.summary).not.toEqual(one.summary);
  });

  it('says why it has nothing to draw', async () => {
    await expect(run({ returns: [0.1, 0.2] })).rejects.toMatchObject({ code: 'NO_LOSSES' });
  });
});

describe('the correlation task of the example', () => {
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
        { ...taskContext(dataDir, resultPath), report: (description) => said.push(description) },
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

describe('the plug-ins of the example in a running server', () => {
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
    const others = ['custom-task.module.ts', 'drawdown-odds.plugin.ts', 'drawdown-odds.task.ts'];
    expect(compile(...others.map((file) => join(examples, file)), '--out', inside).stderr).toBe('');
    const plugins = [
      join(out, 'correlation.module.js'),
      join(inside, 'custom-task.module.js'),
      join(inside, 'drawdown-odds.plugin.js'),
      join(import.meta.dirname, 'plugins', 'flaky.mjs'),
    ];
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

  const drawdowns = {
    task_type: 'drawdown_odds',
    payload: { returns: [0.04, -0.02, 0.03, -0.05], runs: 1000 },
  };

  it('take tasks without a route of their own, and give their results to their owners alone', async () => {
    const [ann, bea] = [await server.user('ann'), await server.user('bea')];
    const posted = await ann.post('/api/tasks', drawdowns);
    const id = posted.body.task_id as string;
    expect([posted.status, posted.headers.get('location')]).toEqual([202, `/api/tasks/${id}`]);
    expect(await ann.ended(id)).toMatchObject({
      task_type: 'drawdown_odds',
      status: 'completed',
      subject: 'Drawdown odds of 4 trades · 1000 runs',
      description: expect.stringMatching(/^✅ One run in 20 falls by \d+\.\d % or more$/),
      result_url: `/api/tasks/${id}/result`,
    });
    const result = await ann.get(`/api/tasks/${id}/result`);
    expect([result.status, result.headers.get('content-type')]).toEqual([
      200,
      'application/json; charset=utf-8',
    ]);
    expect(result.body).toMatchObject({ runs: 1000, trades: 4 });
    expect((await bea.get(`/api/tasks/${id}/result`)).status).toBe(404);
  });

  it('answer a named submission once', async () => {
    const ann = await server.user('cleo');
    const key = { 'Idempotency-Key': 'once' };
    const [first, again] = [
      await ann.post('/api/tasks', drawdowns, key),
      await ann.post('/api/tasks', drawdowns, key),
    ];
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(again.body).toEqual(first.body);
  });

  it('refuse tasks that their types do not take, naming the field', async () => {
    const user = await server.user('dora');
    const refusal = async (fields: object) => {
      const { status, body } = await user.post('/api/tasks', { ...drawdowns, ...fields });
      return [status, body.code, body.errors?.[0]?.path];
    };
    expect(await refusal({ task_type: 'backtest' })).toEqual([422, 'UNKNOWN_TASK_TYPE', 'task_type']);
    expect(await refusal({ task_type: 'unknown' })).toEqual([422, 'UNKNOWN_TASK_TYPE', 'task_type']);
    expect(await refusal({ payload: { returns: [0.1, 'x'] } })).toEqual([
      422,
      'VALIDATION_FAILED',
      'payload.returns.1',
    ]);
    expect(await refusal({ priority: 1 })).toEqual([422, 'VALIDATION_FAILED', 'priority']);
    const backtest = await user.backtest();
    expect((await user.get(`/api/tasks/${backtest}/result`)).status).toBe(404);
  });

  it('have failures retried that their policy names, and no others', async () => {
    const user = await server.user('emma');
    const post = async (code: string, completesAt: number) => {
      const body = { task_type: 'flaky', payload: { code, completes_at: completesAt } };
      return (await user.post('/api/tasks', body)).body.task_id as string;
    };
    const [busy, other, always] = [
      await post('SOURCE_BUSY', 3),
      await post('SOURCE_GONE', 3),
      await post('SOURCE_BUSY', 99),
    ];
    expect(await user.ended(busy)).toMatchObject({ status: 'completed', attempt: 3, error: null });
    expect((await user.get(`/api/tasks/${busy}/result`)).body).toEqual({ attempt: 3 });
    const failure = { status: 'failed', result_url: null };
    expect(await user.ended(other)).toMatchObject({ ...failure, attempt: 1, error: { code: 'SOURCE_GONE' } });
    expect(await user.ended(always)).toMatchObject({
      ...failure,
      attempt: 4,
      error: { code: 'SOURCE_BUSY', message: 'Attempt 4 failed' },
    });
    const { status, body } = await user.get(`/api/tasks/${other}/result`);
    expect([status, body.code]).toEqual([409, 'TASK_HAS_NO_RESULT']);
  });

  it('cancel a function of the server, which hears of it', async () => {
    const user = await server.user('fay');
    const { body } = await user.post('/api/custom-tasks');
    const id = body.task_id as string;
    expect((await user.get(`/api/tasks/${id}`)).body).toMatchObject({ status: 'running', can_cancel: true });
    expect((await user.post(`/api/tasks/${id}/cancel`)).status).toBe(202);
    expect(await user.ended(id)).toMatchObject({
      status: 'cancelled',
      description: '🚀 Starting custom task...',
    });
  });

  it('show a function of the server as a task, with its three descriptions', async () => {
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

function taskContext(dataDir: string, resultPath: string): Omit<TaskContext, 'report'> {
  const { signal } = new AbortController();
  return { taskId: 't', userId: 'u', attempt: 1, dataDir, resultPath, shard: null, shardResults: [], signal };
}

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
