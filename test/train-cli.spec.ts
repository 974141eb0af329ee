import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { parseModel } from '@app/learning';
import { templateFolder } from '../tools/test-kit/index.js';

const program = join(import.meta.dirname, '..', 'dist', 'src', 'cli', 'train.js');
const folder = mkdtempSync(join(tmpdir(), 'headroom-train-'));
afterAll(() => rmSync(folder, { recursive: true }));

function train(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, HEADROOM_DATA_DIR: templateFolder() },
  });
  return { status, stdout, stderr };
}

let files = 0;
/** Hourly candles whose close `close(k)` gives, the open being the close before; `skip` leaves some out. */
function csvOf(
  count: number,
  close: (k: number) => number,
  skip: (k: number) => boolean = () => false,
): string {
  const path = join(folder, `${++files}.csv`);
  const rows = Array.from({ length: count }, (_, k) => {
    if (skip(k)) return [];
    const [from, to] = [close(k - 1), close(k)];
    const time = new Date(Date.UTC(2024, 0, 1, k)).toISOString();
    return [`${time},${from},${Math.max(from, to)},${Math.min(from, to)},${to},${1 + (k % 7)}`];
  });
  writeFileSync(path, ['time,open,high,low,close,volume', ...rows.flat(), ''].join('\n'));
  return path;
}

const wave = (k: number): number => 100 + 10 * Math.sin(k / 9) + Math.sin(k * k);
const daily = ['--symbol', 'BTC_USDT', '--timeframe', '1d', '--horizon', '2', '--model', 'logistic'];

describe('npm run train', () => {
  test('explains itself', () => {
    const { status, stdout, stderr } = train('--help');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    for (const option of [
      '--csv',
      '--symbol',
      '--timeframe',
      '--horizon',
      '--model',
      '--seed',
      '--out',
      '--json',
    ]) {
      expect(stdout).toContain(option);
    }
  });

  test('prints what the API would say as one JSON object, and writes the model it judged', () => {
    const out = join(folder, 'model.json');
    const { status, stdout, stderr } = train(...daily, '--seed', '7', '--out', out, '--json');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const { evaluation, ...rest } = JSON.parse(stdout) as Record<string, Record<string, number>>;
    expect(rest).toMatchObject({ model: 'logistic', symbol: 'BTC_USDT', timeframe: '1d', horizon: 2 });
    expect(evaluation).toMatchObject({
      auc: expect.any(Number),
      log_loss: expect.any(Number),
      brier: expect.any(Number),
      ece: expect.any(Number),
      edge: expect.anything(),
      baselines: { base_rate: expect.anything(), always_up: expect.anything(), last_sign: expect.anything() },
    });
    expect(evaluation!.auc_low!).toBeLessThanOrEqual(evaluation!.auc!);
    expect(evaluation!.auc_high!).toBeGreaterThanOrEqual(evaluation!.auc!);
    const model = parseModel(readFileSync(out, 'utf8'));
    expect(model).toMatchObject({ kind: 'logistic', symbol: 'BTC_USDT', horizon: 2 });
    expect(JSON.parse(JSON.stringify(model.evaluation))).toEqual(evaluation);
  });

  test('says the same for people, and plainly when there is no edge', () => {
    const { status, stdout } = train(...daily);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^AUC 0\.\d{3}, 95\.0 % interval 0\.\d{3} to 0\.\d{3}$/m);
    expect(stdout).toMatch(/^(NO )?DEMONSTRATED EDGE$/m);
  });

  test('is the same for the same seed', () => {
    expect(train(...daily, '--json').stdout).toBe(train(...daily, '--json').stdout);
  });

  test.each<[string, string, () => string]>([
    ['too few rows', 'TOO_FEW_ROWS', () => csvOf(300, wave)],
    ['one class only', 'ONE_CLASS_ONLY', () => csvOf(2500, (k) => 100 * 1.001 ** k)],
    ['a gap', 'DATA_GAPS', () => csvOf(2500, wave, (k) => k > 1000 && k < 1100)],
    ['a price below zero', 'INVALID_CANDLES', () => csvOf(2500, (k) => (k === 77 ? -1 : wave(k)))],
    ['no number for a price', 'MALFORMED_CSV', () => csvOf(2500, (k) => (k === 77 ? NaN : wave(k)))],
  ])('with %s ends with %s and prints no result', (_, code, csv) => {
    const { status, stdout, stderr } = train('--csv', csv(), '--horizon', '24', '--json');
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(new RegExp(`^${code}: .+\n$`));
  });

  test('refuses candles in which nothing ever changes', () => {
    const path = join(folder, 'still.csv');
    const rows = Array.from(
      { length: 2500 },
      (_, k) => `${new Date(Date.UTC(2024, 0, 1, k)).toISOString()},5,5,5,5,1`,
    );
    writeFileSync(path, ['time,open,high,low,close,volume', ...rows, ''].join('\n'));
    expect(train('--csv', path, '--horizon', '24')).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^CONSTANT_FEATURES: /),
    });
  });

  test.each([
    ['no candles', ['--horizon', '2'], /--csv or --symbol is needed/],
    ['no horizon', ['--symbol', 'BTC_USDT'], /--horizon is needed/],
    ['half a horizon', ['--symbol', 'BTC_USDT', '--horizon', '1.5'], /--horizon is "1\.5"/],
    [
      'an unknown model',
      ['--symbol', 'BTC_USDT', '--horizon', '2', '--model', 'magic'],
      /--model is "magic"/,
    ],
    [
      'an unknown timeframe',
      ['--symbol', 'BTC_USDT', '--horizon', '2', '--timeframe', '7h'],
      /--timeframe is "7h"/,
    ],
    ['a symbol without candles', ['--symbol', 'NO_SUCH', '--horizon', '2'], /no 1h candles of NO_SUCH/],
    ['an unknown option', ['--depth', '9'], /Unknown option '--depth'/],
  ])('with %s ends with 2', (_, args, message) => {
    const { status, stdout, stderr } = train(...args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });
});
