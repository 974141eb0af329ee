import { expect, test } from 'vitest';
import { emptyImport, importQuery, symbolIn } from './imports';

test.each([
  ['BTCUSDT-1h-2024-01.csv', 'BTCUSDT'],
  ['eth_usdt.csv.gz', 'ETH_USDT'],
  ['BTC_USDT_1h.parquet', 'BTC_USDT'],
  ['SPY.csv', 'SPY'],
  ['-.csv', ''],
])('guesses the symbol of %s', (name, symbol) => {
  expect(symbolIn(name)).toBe(symbol);
});

test('says only what was said in the form', () => {
  const file = { name: 'btc.csv' };
  const draft = { ...emptyImport(), symbol: ' BTC_USDT ', time_zone: 'Europe/Berlin' };
  expect(importQuery(draft, file, true)).toEqual({
    symbol: 'BTC_USDT',
    mode: 'merge',
    on_bad_rows: 'fail',
    time_zone: 'Europe/Berlin',
    filename: 'btc.csv',
    preview: 'true',
  });
  expect(importQuery({ ...draft, shared: true, adjusted: true }, file, false)).toMatchObject({
    shared: 'true',
    adjusted: 'true',
  });
});
