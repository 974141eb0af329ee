import { describe, expect, it } from '@jest/globals';
import { parseCsv } from './parse-csv.js';

const header = 'time,open,high,low,close,volume';

describe('parseCsv', () => {
  it('reads times with a zone, as days and as Unix time', () => {
    const { candles, assumedUtc } = parseCsv(
      `${header}\n2024-01-01T01:00:00+01:00,1,2,0.5,1.5,10\n2024-01-02,1,2,0.5,1.5,10\n1704240000,1,2,0.5,1.5,10\n1704326400000,1,2,0.5,1.5,10\n`,
    );
    expect([...candles.time]).toEqual([1, 2, 3, 4].map((day) => Date.UTC(2024, 0, day)));
    expect(assumedUtc).toBe(0);
    expect(candles.close[0]).toBe(1.5);
  });

  it('reads a time without a zone as UTC and counts it', () => {
    const { candles, assumedUtc } = parseCsv(`${header}\n2024-01-01 09:30:00,1,2,0.5,1.5,10`);
    expect(candles.time[0]).toBe(Date.UTC(2024, 0, 1, 9, 30));
    expect(assumedUtc).toBe(1);
  });

  it('takes columns in any order, an unnamed time column and no volume', () => {
    const { candles, withoutVolume } = parseCsv(',Close,Low,High,Open\r\n2024-01-01,4,1,5,2\r\n');
    expect([candles.open[0], candles.high[0], candles.low[0], candles.close[0]]).toEqual([2, 5, 1, 4]);
    expect(withoutVolume).toBe(true);
  });

  it.each([
    ['a missing column', 'time,open,high,low\n', 'Line 1'],
    ['a missing field', `${header}\n2024-01-01,1,2,0.5,1.5`, 'Line 2'],
    ['an empty price', `${header}\n2024-01-01,1,2,,1.5,10`, 'Line 2'],
    ['a word for a price', `${header}\n2024-01-01,1,2,x,1.5,10`, 'Line 2'],
    ['no time', `${header}\n2024-01-01,1,2,0.5,1.5,10\nyesterday,1,2,0.5,1.5,10`, 'Line 3'],
    ['an impossible day', `${header}\n2024-13-01,1,2,0.5,1.5,10`, 'Line 2'],
  ])('names the line of %s', (_, text, line) => {
    expect(() => parseCsv(text)).toThrow(
      expect.objectContaining({ code: 'MALFORMED_CSV', message: expect.stringContaining(line) }),
    );
  });
});
