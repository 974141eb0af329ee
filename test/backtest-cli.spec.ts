import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { templateFolder } from '../tools/test-kit/index.js';

const dist = join(import.meta.dirname, '..', 'dist', 'src', 'cli');
const folder = mkdtempSync(join(tmpdir(), 'headroom-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

function run(program: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(dist, `${program}.js`), ...args], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, HEADROOM_DATA_DIR: templateFolder(), TZ: 'Asia/Tokyo' },
  });
  return { status, stdout, stderr };
}
const backtest = (...args: string[]) => run('backtest', ...args);

let files = 0;
function csvOf(rows: readonly string[], header = 'time,open,high,low,close,volume'): string {
  const path = join(folder, `${++files}.csv`);
  writeFileSync(path, [header, ...rows, ''].join('\n'));
  return path;
}

/** Days that go up for twenty and down for twenty, by turns; the open is the close before. */
const days = Array.from({ length: 200 }, (_, i) => {
  const at = (k: number): number => 100 + (Math.floor(k / 20) % 2 === 0 ? k % 20 : 20 - (k % 20));
  const [open, close] = [at(i), at(i + 1)];
  const date = new Date(Date.UTC(2024, 0, 1 + i)).toISOString();
  return `${date},${open},${Math.max(open, close) + 0.5},${Math.min(open, close) - 0.5},${close},1`;
});
const good = csvOf(days);
const fast = '{"fast_period": 3, "slow_period": 8}';
const crossing = [
  '--csv',
  good,
  '--strategy',
  'SmaCross',
  '--params',
  fast,
  '--cash',
  '1000',
  '--commission',
  '0.001',
];

describe('npm run backtest', () => {
  test('prints a table with the equity above it, and nothing on the error stream', () => {
    const { status, stdout, stderr } = backtest(...crossing);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^2024-01-01 [▁▂▃▄▅▆▇█]{60} 2024-07-18\n/);
    expect(stdout).toMatch(/^Total return +-?\d+\.\d\d %$/m);
    expect(stdout).toMatch(/^Trade count +\d+$/m);
    // An average over eight bars is there from the eighth on.
    expect(stdout).toContain('! 7 bars at the start went into warming the indicators');
  });

  test('--json prints one object and nothing else: request, data, engine, figures that add up', () => {
    const { status, stdout, stderr } = backtest(...crossing, '--json');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const result = JSON.parse(stdout);
    expect(result).toMatchObject({
      request: { strategy: 'SmaCross', params: JSON.parse(fast), initialCapital: 1000, seed: 0 },
      dataset: { source: good, rows: 200, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
      engine_version: expect.any(String),
      look_ahead: null,
    });
    const capital: number = result.trades.reduce((sum: number, { pnl }: { pnl: number }) => sum + pnl, 1000);
    expect(capital).toBeCloseTo(result.equity_curve.at(-1).equity, 8);
  });

  test('gives the same bytes for the same request', () => {
    expect(backtest(...crossing, '--json').stdout).toBe(backtest(...crossing, '--json').stdout);
  });

  test('--trades writes the closed trades, one line each', () => {
    const path = join(folder, 'trades.csv');
    const { stdout } = backtest(...crossing, '--json', '--trades', path);
    const lines = readFileSync(path, 'utf8').trim().split('\r\n');
    expect(lines[0]).toBe(
      'entry_time,exit_time,direction,size,entry_price,exit_price,pnl,return,commission,exit_reason,bars',
    );
    expect(lines.length - 1).toBe(JSON.parse(stdout).trades.length);
  });

  test('--symbol takes the candles of the store, in a span and a timeframe', () => {
    const { status, stdout } = backtest(
      ...['--symbol', 'BTC_USDT', '--timeframe', '4h', '--strategy', 'BuyAndHold', '--json'],
      ...['--start', '2024-01-01', '--end', '2024-02-01'],
    );
    expect(status).toBe(0);
    const { dataset, equity_curve, performance } = JSON.parse(stdout);
    expect(dataset).toMatchObject({ source: 'BTC_USDT 4h', rows: 31 * 6, synthetic: true });
    expect(equity_curve[0].time).toBe('2024-01-01T00:00:00.000Z');
    expect(performance.periods_per_year).toBe(365);
  });

  test('--check-lookahead says in how many shortened runs nothing changed', () => {
    const { status, stdout } = backtest(...crossing, '--check-lookahead');
    expect(status).toBe(0);
    expect(stdout).toMatch(/No look ahead in \d\d shortened runs\n$/);
    const { look_ahead } = JSON.parse(backtest(...crossing, '--check-lookahead', '--json').stdout);
    expect(look_ahead).toMatchObject({ violation: null });
    expect(look_ahead.decisions).toBeGreaterThan(5);
  });

  test('--compat trades by the rules of the reference results, in their units', () => {
    const { status, stdout } = backtest(...crossing, '--compat', '--json');
    expect(status).toBe(0);
    expect(JSON.parse(stdout).stats).toHaveProperty('# Trades');
  });

  test('trades by the terms that are given', () => {
    const of = (...more: string[]) => JSON.parse(backtest(...crossing, '--json', ...more).stdout);
    expect(of('--units', '2').trades[0].size).toBe(2);
    expect(of('--lot', '1').trades[0].size % 1).toBe(0);
    expect(of('--fee', '5').performance.commission_paid).toBeGreaterThan(of().performance.commission_paid);
    expect(of('--no-finalise').open_trades).toHaveLength(1);
    expect(of('--periods-per-year', '252').performance.periods_per_year).toBe(252);
    // Without a stop loss there is nothing to size a risk by.
    expect(of('--risk', '0.01').counters.rejected_orders.risk_needs_stop_loss).toBeGreaterThan(0);
  });

  test('--help says all of it', () => {
    const { status, stdout } = backtest('--help');
    expect(status).toBe(0);
    for (const word of ['--csv', '--check-lookahead', 'SmaCross', 'Ends with 0'])
      expect(stdout).toContain(word);
  });
});

describe('bad data ends npm run backtest with 1 and the name of what is wrong', () => {
  const edited = (line: number, row: string): string => csvOf(days.map((day, i) => (i === line ? row : day)));
  const on = (csv: string) => backtest('--csv', csv, '--strategy', 'SmaCross', '--params', fast, '--json');

  test.each<[string, string, string]>([
    ['unsorted times', edited(9, '2023-01-01,1,2,1,1,1'), 'UNSORTED_TIME: Bar 9'],
    ['a time that comes twice', edited(9, days[8]!), 'DUPLICATE_TIME: Bar 9'],
    ['a missing price', edited(9, '2024-01-10,1,,1,1,1'), 'MALFORMED_CSV: Line 11'],
    ['a missing field', edited(9, '2024-01-10,1,2,1,1'), 'MALFORMED_CSV: Line 11'],
    ['NaN for a price', edited(9, '2024-01-10,1,NaN,1,1,1'), 'MALFORMED_CSV: Line 11'],
    ['a price of zero', edited(9, '2024-01-10,1,2,0,1,1'), 'NON_POSITIVE_PRICE: Bar 9'],
    ['a negative price', edited(9, '2024-01-10,-1,2,1,1,1'), 'NON_POSITIVE_PRICE: Bar 9'],
    ['a high below the low', edited(9, '2024-01-10,1,1,2,1,1'), 'HIGH_BELOW_LOW: Bar 9'],
    ['no time', edited(9, 'soon,1,2,1,1,1'), 'MALFORMED_CSV: Line 11'],
    ['no rows', csvOf([]), 'EMPTY_RANGE'],
    ['fewer bars than the warm-up', csvOf(days.slice(0, 5)), 'RANGE_SHORTER_THAN_WARM_UP'],
    ['no price columns', csvOf(days, 'a,b,c,d,e,f'), 'MALFORMED_CSV: Line 1'],
  ])('%s', (_, csv, message) => {
    const { status, stdout, stderr } = on(csv);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain(message);
  });

  test('an empty range', () => {
    const { status, stderr } = backtest(...crossing, '--start', '2030-01-01');
    expect([status, stderr]).toEqual([1, expect.stringContaining('EMPTY_RANGE')]);
  });

  test('a file that is not there', () => {
    const { status, stderr } = on(join(folder, 'nowhere.csv'));
    expect([status, stderr]).toEqual([1, expect.stringContaining('nowhere.csv')]);
  });

  test('but times without a zone are read as UTC, and counted', () => {
    const { status, stdout } = on(csvOf(days.map((day) => day.replace('.000Z', '').replace('T', ' '))));
    expect(status).toBe(0);
    const { warnings, equity_curve } = JSON.parse(stdout);
    expect(warnings).toContain('200 times name no zone and were read as UTC');
    expect(equity_curve[0].time).toBe('2024-01-01T00:00:00.000Z');
  });

  test('and an open outside of high and low is counted', () => {
    const { status, stdout } = on(edited(9, '2024-01-10,130,110,100,105,1'));
    expect(status).toBe(0);
    expect(JSON.parse(stdout).warnings).toContain('1 bars have an open or close outside their high and low');
  });
});

describe('bad options end npm run backtest with 2', () => {
  test.each<[string, string[], string]>([
    ['no strategy', ['--csv', good], '--strategy is needed'],
    ['an unknown strategy', ['--csv', good, '--strategy', 'Nope'], 'UNKNOWN_STRATEGY'],
    ['params that are no JSON', [...crossing, '--params', '{'], '--params is JSON'],
    ['params outside of their schema', [...crossing, '--params', '{"fast_period": 0}'], 'INVALID_PARAMS'],
    ['params that are unknown', [...crossing, '--params', '{"speed": 1}'], 'INVALID_PARAMS'],
    ['no data', ['--strategy', 'BuyAndHold'], 'Give either --csv or --symbol'],
    ['an unknown symbol', ['--symbol', 'NOPE', '--strategy', 'BuyAndHold'], 'no 1h candles of NOPE'],
    [
      'an unknown timeframe',
      ['--symbol', 'BTC_USDT', '--timeframe', '7h', '--strategy', 'X'],
      '--timeframe is one of',
    ],
    ['a word for a number', [...crossing, '--cash', 'lots'], '--cash is a number'],
    ['no capital', [...crossing, '--cash', '0'], 'INVALID_OPTION: initialCapital'],
    ['two sizes', [...crossing, '--size', '1', '--units', '3'], 'Give one of --size, --units and --risk'],
    ['a time without its zone', [...crossing, '--start', '2024-01-01T00:00:00'], '--start is YYYY-MM-DD'],
    ['an unknown option', [...crossing, '--turbo'], '--turbo'],
    ['signals that are missing', ['--csv', good, '--strategy', 'SignalReplay'], 'SIGNALS_REQUIRED'],
  ])('%s', (_, args, message) => {
    const { status, stdout, stderr } = backtest(...args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(message);
  });
});

describe('a signal file', () => {
  test('is followed bar by bar', () => {
    const path = join(folder, 'signals.json');
    writeFileSync(path, JSON.stringify(days.map((_, i) => (i < 10 ? 0 : i < 30 ? 1 : null))));
    const { stdout } = backtest('--csv', good, '--strategy', 'SignalReplay', '--signals', path, '--json');
    const { trades } = JSON.parse(stdout);
    expect(trades).toHaveLength(1);
    expect(trades[0]).toMatchObject({ entry_time: '2024-01-12T00:00:00.000Z', exit_reason: 'end_of_data' });
  });

  test('that is too short is refused', () => {
    const path = join(folder, 'short.txt');
    writeFileSync(path, '1\n0\n');
    const { status, stderr } = backtest('--csv', good, '--strategy', 'SignalReplay', '--signals', path);
    expect([status, stderr]).toEqual([2, expect.stringContaining('2 signals for 200 candles')]);
  });
});

describe('npm run oracles', () => {
  const cases = mkdtempSync(join(folder, 'cases-'));
  const folders = ['--cases', cases, '--data', folder, '--signals', folder];

  test('with what it needs missing ends with 2', () => {
    expect(run('oracles', '--cases', cases)).toMatchObject({ status: 2, stdout: '' });
  });

  test('of an empty folder passes nothing and fails nothing', () => {
    const { status, stdout } = run('oracles', ...folders, '--json');
    expect([status, JSON.parse(stdout)]).toEqual([0, { passed: 0, failed: 0, failures: [] }]);
  });

  test('names the first field that differs of a case that fails, and ends with 1', () => {
    writeFileSync(join(cases, 'broken.json'), JSON.stringify({ id: 'broken', data: 'nowhere', params: {} }));
    const { status, stdout } = run('oracles', ...folders, '--json');
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      passed: 0,
      failed: 1,
      failures: [{ id: 'broken', field: 'error' }],
    });
    expect(run('oracles', ...folders).stdout).toContain('FAILED  broken: error');
  });
});
