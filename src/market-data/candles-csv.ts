import { CandleFile } from './candle-file.js';
import { rowsOfALook } from './series-gaps.js';

/**
 * A series as CSV, block by block: a header line, then one line a candle, times in ISO 8601 UTC.
 *
 * Every field is a time or a number that is not negative, so none can be taken for a formula.
 */
export async function* candlesCsv(path: string): AsyncGenerator<string, void> {
  const file = await CandleFile.open(path);
  try {
    yield 'time,open,high,low,close,volume\r\n';
    for await (const block of file.blocks({ first: 0, end: file.header.rows }, rowsOfALook)) {
      const lines: string[] = [];
      for (let row = 0; row < block.time.length; row++) {
        const time = new Date(block.time[row]!).toISOString();
        const { open, high, low, close, volume } = block;
        lines.push([time, open[row], high[row], low[row], close[row], volume[row]].join(','));
      }
      yield `${lines.join('\r\n')}\r\n`;
    }
  } finally {
    await file.close();
  }
}
