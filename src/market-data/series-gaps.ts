import { timeframeMs, type Gap } from '@app/contracts';
import type { CandleFile } from './candle-file.js';

const shown = 10;
export const rowsOfALook = 16_384;

/** The holes of a series: how many, how many candles they lack, and the first ten. */
export class Gaps {
  count = 0;
  missing = 0;
  readonly first: Gap[] = [];
  #before = NaN;

  constructor(private readonly lengthMs: number) {}

  /** Takes the next candle's opening time. */
  add(timeMs: number): void {
    const missing = Math.round((timeMs - this.#before) / this.lengthMs) - 1;
    if (missing > 0) {
      this.count += 1;
      this.missing += missing;
      if (this.first.length < shown) {
        this.first.push({
          from: new Date(this.#before + this.lengthMs).toISOString(),
          to: new Date(timeMs).toISOString(),
          missing,
        });
      }
    }
    this.#before = timeMs;
  }
}

/** Looks through a whole file. */
export async function gapsOf(file: CandleFile): Promise<Gaps> {
  const gaps = new Gaps(timeframeMs[file.header.timeframe]);
  for await (const { time } of file.blocks({ first: 0, end: file.header.rows }, rowsOfALook)) {
    for (const at of time) gaps.add(at);
  }
  return gaps;
}
