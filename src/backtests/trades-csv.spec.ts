import { describe, expect, it } from '@jest/globals';
import { csvField, tradesCsv } from './trades-csv.js';

const trade = {
  entry_time: '2024-01-01T00:00:00.000Z',
  exit_time: '2024-01-02T00:00:00.000Z',
  direction: 'short',
  size: 2,
  entry_price: 100,
  exit_price: 110,
  pnl: -20,
  return: null,
  commission: 0.4,
  exit_reason: 'signal',
  bars: 24,
} as const;

describe('the CSV of trades', () => {
  it('is a header line and one line a trade, undefined figures empty', () => {
    expect(tradesCsv([trade])).toBe(
      'entry_time,exit_time,direction,size,entry_price,exit_price,pnl,return,commission,exit_reason,bars\r\n' +
        '2024-01-01T00:00:00.000Z,2024-01-02T00:00:00.000Z,short,2,100,110,-20,,0.4,signal,24\r\n',
    );
  });

  it.each([
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-cmd', "'-cmd"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "'\t=1"],
    ['=HYPERLINK("http://x","y")', `"'=HYPERLINK(""http://x"",""y"")"`],
    ['a,b', '"a,b"'],
    ['a\r\nb', '"a\r\nb"'],
    ['stop_loss', 'stop_loss'],
  ])('takes %j for no formula and no further field', (text, field) => {
    expect(csvField(text)).toBe(field);
  });
});
