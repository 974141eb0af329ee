import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { FakeExchange } from './market-data-exchange.js';

const program = join(import.meta.dirname, '..', 'dist', 'src', 'cli', 'data.js');
const folder = mkdtempSync(join(tmpdir(), 'headroom-data-cli-'));
const hourMs = 3_600_000;
const startMs = Date.UTC(2024, 0, 1);
const exchange = new FakeExchange(
  Array.from({ length: 1200 }, (_, i) => startMs + i * hourMs),
  hourMs,
);
beforeAll(() => exchange.start());
afterAll(async () => {
  await exchange.stop();
  rmSync(folder, { recursive: true });
});

async function data(...args: string[]) {
  const child = spawn(process.execPath, [program, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      HEADROOM_DATA_DIR: folder,
      HEADROOM_EXCHANGE_URLS: `binance=${exchange.url}`,
      TZ: 'Asia/Tokyo',
    },
  });
  const [stdout, stderr, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ]);
  return { status, stdout, stderr };
}

function file(name: string, rows: readonly string[]): string {
  const path = join(folder, name);
  writeFileSync(path, ['time,open,high,low,close,volume', ...rows, ''].join('\n'));
  return path;
}
const good = file('good.csv', [
  '2024-01-01T00:00:00Z,10,12,9,11,5',
  '2024-01-01T01:00:00Z,11,12,10,11.5,5',
  '2024-01-01T03:00:00Z,11.5,13,11,12,0',
]);
const stored = join(folder, 'market-data', 'shared', 'FOO_USD', '1h.candles');

describe('npm run data', () => {
  test('--help says what there is; nothing or something unknown ends with 2', async () => {
    const help = await data('--help');
    expect({ status: help.status, stderr: help.stderr }).toEqual({ status: 0, stderr: '' });
    for (const command of ['list', 'import', 'download', 'verify', 'export', 'delete']) {
      expect(help.stdout).toMatch(new RegExp(`^  ${command}\\b`, 'm'));
    }
    expect(await data()).toMatchObject({ status: 2, stdout: '' });
    expect(await data('frobnicate')).toMatchObject({
      status: 2,
      stderr: 'There is no command "frobnicate".\n\nSee --help.\n',
    });
    expect(await data('list', '--frobnicate')).toMatchObject({ status: 2, stdout: '' });
  });

  test('shows what it would import and stores nothing until it is told to', async () => {
    const preview = await data('import', good, '--symbol', 'FOO/USD', '--preview');
    expect(preview).toMatchObject({ status: 0, stderr: '' });
    expect(preview.stdout).toContain('delimiter ",", 1h candles');
    expect(existsSync(stored)).toBe(false);

    const imported = await data('import', good, '--symbol', 'FOO/USD', '--json');
    expect(imported).toMatchObject({ status: 0, stderr: '' });
    expect(JSON.parse(imported.stdout)).toMatchObject({
      rows: { read: 3, kept: 3, repaired: 0, refused: 0 },
      dataset: { symbol: 'FOO_USD', rows: 3, missing: 1 },
    });
    expect(existsSync(stored)).toBe(true);
  });

  test('lists, exports and verifies what is stored', async () => {
    const { items } = JSON.parse((await data('list', '--json')).stdout);
    expect(items).toEqual([
      expect.objectContaining({ symbol: 'FOO_USD', timeframe: '1h', rows: 3, owner: 'shared' }),
    ]);
    const out = join(folder, 'out.csv');
    expect(await data('export', 'FOO/USD', '1h', '--out', out)).toMatchObject({ status: 0 });
    const printed = await data('export', 'FOOUSD', '1h');
    expect(printed.stdout).toBe(readFileSync(out, 'utf8'));
    expect(printed.stdout.split('\r\n')).toEqual([
      'time,open,high,low,close,volume',
      '2024-01-01T00:00:00.000Z,10,12,9,11,5',
      '2024-01-01T01:00:00.000Z,11,12,10,11.5,5',
      '2024-01-01T03:00:00.000Z,11.5,13,11,12,0',
      '',
    ]);
    const verified = JSON.parse((await data('verify', 'FOO_USD', '--json')).stdout);
    expect(verified.items).toEqual([
      expect.objectContaining({
        symbol: 'FOO_USD',
        intact: true,
        gaps: expect.objectContaining({ count: 1, missing: 1 }),
        zero_volume: { count: 1, first: ['2024-01-01T03:00:00.000Z'] },
      }),
    ]);
  });

  test('stores nothing of a file with a row that cannot be used, and says which', async () => {
    const bad = file('bad.csv', ['2024-01-01T04:00:00Z,10,9,11,10,5']);
    const before = readFileSync(stored);
    const refused = await data('import', bad, '--symbol', 'FOO_USD', '--timeframe', '1h');
    expect(refused.status).toBe(1);
    expect(refused.stdout).toContain('HIGH_BELOW_LOW');
    expect(readFileSync(stored).equals(before)).toBe(true);

    const missing = await data('import', join(folder, 'nowhere.csv'), '--symbol', 'FOO_USD');
    expect(missing).toMatchObject({ status: 1, stdout: '' });
    expect(missing.stderr).toMatch(/^ENOENT: no such file/);
  });

  test('downloads from an exchange, and the next time only what is new', async () => {
    const ask = ['download', 'binance', '--symbol', 'BTC/USDT', '--timeframe', '1h', '--json'];
    const first = await data(...ask, '--start', '2024-01-01', '--end', '2024-02-01');
    expect(first).toMatchObject({ status: 0, stderr: '' });
    expect(JSON.parse(first.stdout).dataset).toMatchObject({ rows: 744, added: 744, missing: 0 });
    const second = JSON.parse((await data(...ask, '--end', '2024-02-02')).stdout);
    expect(second.dataset).toMatchObject({ rows: 768, added: 24 });
    expect(await data('download', 'nonesuch', '--symbol', 'BTC/USDT', '--timeframe', '1h')).toMatchObject({
      status: 1,
    });
  });

  test('finds a damaged file and ends with 1', async () => {
    const path = join(folder, 'market-data', 'shared', 'BTC_USDT', '1h.candles');
    const bytes = readFileSync(path);
    bytes[bytes.length - 3]! ^= 1;
    writeFileSync(path, bytes);
    const damaged = await data('verify', 'BTC_USDT', '--json');
    expect(damaged.status).toBe(1);
    expect(JSON.parse(damaged.stdout).items).toEqual([expect.objectContaining({ intact: false })]);
    truncateSync(path, bytes.length - 8);
    for (const which of [['BTC_USDT'], ['BTC_USDT', '1h'], []]) {
      const cut = await data('verify', ...which, '--json');
      expect(cut.status).toBe(1);
      expect(JSON.parse(cut.stdout).broken).toEqual([expect.objectContaining({ code: 'WRONG_SIZE', path })]);
    }
    expect(await data('verify', 'FOO_USD')).toMatchObject({ status: 0 });
  });

  test('deletes only when it is told --yes', async () => {
    expect(await data('delete', 'FOO_USD', '1h')).toMatchObject({
      status: 2,
      stderr: `--yes would delete ${stored}.\n\nSee --help.\n`,
    });
    expect(existsSync(stored)).toBe(true);
    expect(await data('delete', 'FOO_USD', '1h', '--yes')).toMatchObject({ status: 0 });
    expect(existsSync(stored)).toBe(false);
    expect(await data('delete', 'FOO_USD', '1h', '--yes')).toMatchObject({ status: 2 });
  });
});
