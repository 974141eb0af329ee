import { describe, expect, it } from '@jest/globals';
import type { Candles } from '@app/backtest';
import { bucketStart, canResample, nextBucketStart, resampleCandles } from './resample.js';

type Row = [time: string, open: number, high: number, low: number, close: number, volume: number];

function candles(...rows: Row[]): Candles {
  const column = (index: number) => Float64Array.from(rows, (row) => row[index] as number);
  return {
    time: Float64Array.from(rows, ([time]) => Date.parse(time)),
    open: column(1),
    high: column(2),
    low: column(3),
    close: column(4),
    volume: column(5),
  };
}

function rowsOf({ time, open, high, low, close, volume }: Candles): Row[] {
  return Array.from(time, (at, i) => [
    new Date(at).toISOString().replace(':00.000Z', 'Z'),
    open[i]!,
    high[i]!,
    low[i]!,
    close[i]!,
    volume[i]!,
  ]);
}

describe('resampling', () => {
  it('takes the first open, highest high, lowest low, last close and the sum of volumes', () => {
    const quarters = candles(
      ['2024-03-01T10:00Z', 10, 12, 9, 11, 1],
      ['2024-03-01T10:15Z', 11, 15, 11, 14, 2],
      ['2024-03-01T10:30Z', 14, 14, 7, 8, 3],
      ['2024-03-01T10:45Z', 8, 10, 8, 9.5, 4],
    );
    expect(rowsOf(resampleCandles(quarters, '1h'))).toEqual([['2024-03-01T10:00Z', 10, 15, 7, 9.5, 10]]);
  });

  it('puts a bar on the boundary into the bucket that it opens', () => {
    const minutes = candles(
      ['2024-03-01T09:59Z', 1, 1, 1, 1, 1],
      ['2024-03-01T10:00Z', 2, 2, 2, 2, 2],
      ['2024-03-01T10:59Z', 3, 3, 3, 3, 3],
      ['2024-03-01T11:00Z', 4, 4, 4, 4, 4],
    );
    expect(rowsOf(resampleCandles(minutes, '1h'))).toEqual([
      ['2024-03-01T09:00Z', 1, 1, 1, 1, 1],
      ['2024-03-01T10:00Z', 2, 3, 2, 3, 5],
      ['2024-03-01T11:00Z', 4, 4, 4, 4, 4],
    ]);
  });

  it('leaves out buckets without a bar', () => {
    const minutes = candles(
      ['2024-03-01T10:07Z', 1, 2, 1, 2, 1],
      ['2024-03-01T14:59Z', 5, 6, 5, 6, 1],
      ['2030-01-01T00:00Z', 9, 9, 9, 9, 1],
    );
    expect(rowsOf(resampleCandles(minutes, '5m')).map(([time]) => time)).toEqual([
      '2024-03-01T10:05Z',
      '2024-03-01T14:55Z',
      '2030-01-01T00:00Z',
    ]);
  });

  it('begins weeks on Monday, across the end of a year', () => {
    // 2023-12-31 was a Sunday, 2024-01-01 a Monday.
    const days = candles(
      ['2023-12-25T00:00Z', 1, 1, 1, 1, 1],
      ['2023-12-31T00:00Z', 2, 2, 2, 2, 1],
      ['2024-01-01T00:00Z', 3, 3, 3, 3, 1],
      ['2024-01-07T00:00Z', 4, 4, 4, 4, 1],
      ['2024-01-08T00:00Z', 5, 5, 5, 5, 1],
    );
    expect(rowsOf(resampleCandles(days, '1w')).map(([time, open, , , close]) => [time, open, close])).toEqual(
      [
        ['2023-12-25T00:00Z', 1, 2],
        ['2024-01-01T00:00Z', 3, 4],
        ['2024-01-08T00:00Z', 5, 5],
      ],
    );
  });

  it('keeps UTC days where local clocks change', () => {
    // On 2024-03-31 clocks in Europe skipped an hour; a UTC day has 24 all the same.
    const hours = candles(
      ['2024-03-31T00:00Z', 1, 1, 1, 1, 1],
      ['2024-03-31T23:00Z', 2, 2, 2, 2, 1],
      ['2024-04-01T00:00Z', 3, 3, 3, 3, 1],
    );
    expect(rowsOf(resampleCandles(hours, '1d')).map(([time]) => time)).toEqual([
      '2024-03-31T00:00Z',
      '2024-04-01T00:00Z',
    ]);
  });

  it('gives the same days from hours as by way of four-hour candles', () => {
    const hours = candles(
      ...Array.from({ length: 60 }, (_, i): Row => {
        const price = 100 + ((i * 37) % 23);
        const time = new Date(Date.UTC(2024, 0, 1, i + 5)).toISOString();
        return [time, price, price + (i % 5), price - (i % 7), price + 0.5, i];
      }),
    );
    const byFour = resampleCandles(resampleCandles(hours, '4h'), '1d');
    expect(rowsOf(resampleCandles(hours, '1d'))).toEqual(rowsOf(byFour));
    expect(byFour.time).toHaveLength(3);
  });

  it('gives nothing for nothing', () => {
    expect(resampleCandles(candles(), '1h').time).toHaveLength(0);
  });
});

describe('buckets', () => {
  it('knows where the next one opens, itself included', () => {
    const monday = Date.parse('2024-01-01T00:00Z');
    const nextMonday = Date.parse('2024-01-08T00:00Z');
    expect(nextBucketStart(monday, '1w')).toBe(monday);
    expect(nextBucketStart(monday + 1, '1w')).toBe(nextMonday);
    expect(bucketStart(nextMonday - 1, '1w')).toBe(monday);
    expect(nextBucketStart(Infinity, '1w')).toBe(Infinity);
  });

  it('are made up of whole candles only', () => {
    expect(canResample('1h', '1w')).toBe(true);
    expect(canResample('1h', '1h')).toBe(true);
    expect(canResample('4h', '6h')).toBe(false);
    expect(canResample('1d', '1h')).toBe(false);
  });
});
