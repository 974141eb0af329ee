import { timeframeMs, type Verification } from '@app/contracts';
import { CandleFile } from './candle-file.js';
import { CandleFileError } from './candle-format.js';
import { bucketStart } from './resample.js';
import { Gaps, rowsOfALook } from './series-gaps.js';

const shown = 10;
/** A high or low so many times the mean move away from both neighbours' closes is no market. */
const spikeMoves = 25;
/** How fast the mean move forgets: half of it in 69 candles. */
const memory = 0.99;
const warmUpRows = 50;

class Finding {
  count = 0;
  readonly first: string[] = [];

  add(timeMs: number): void {
    this.count += 1;
    if (this.first.length < shown) this.first.push(isoOrText(timeMs));
  }
}

/**
 * Looks at every candle of a file and at its checksum.
 *
 * A spike is a candle whose high or low is farther from the closes before and after it than 25 times the
 * exponentially weighted mean of the moves so far: a price that came from nowhere and went back there.
 *
 * @throws CandleFileError for a file without a readable header
 */
export async function verifySeries(path: string): Promise<Verification> {
  const file = await CandleFile.open(path, { damaged: true });
  try {
    const { header } = file;
    const checksum = await checksumOf(file);
    const lengthMs = timeframeMs[header.timeframe];
    const gaps = new Gaps(lengthMs);
    const found = {
      wrong_order: new Finding(),
      duplicates: new Finding(),
      impossible: new Finding(),
      off_grid: new Finding(),
      spikes: new Finding(),
      zero_volume: new Finding(),
    };
    const spikes = new SpikeDetector((timeMs) => {
      found.spikes.add(timeMs);
    });
    let before = -Infinity;
    for await (const block of file.blocks({ first: 0, end: header.rows }, rowsOfALook)) {
      for (let row = 0; row < block.time.length; row++) {
        const time = block.time[row]!;
        const [open, high, low, close] = [
          block.open[row]!,
          block.high[row]!,
          block.low[row]!,
          block.close[row]!,
        ];
        if (time === before) found.duplicates.add(time);
        else if (!(time > before)) found.wrong_order.add(time);
        else gaps.add(time);
        if (bucketStart(time, header.timeframe) !== time) found.off_grid.add(time);
        const holds = low > 0 && low <= Math.min(open, close) && Math.max(open, close) <= high;
        if (!holds || !Number.isFinite(high) || !(block.volume[row]! >= 0)) found.impossible.add(time);
        else spikes.add(time, high, low, close);
        if (block.volume[row] === 0) found.zero_volume.add(time);
        before = time;
      }
    }
    spikes.finish();
    const isSound = [found.wrong_order, found.duplicates, found.impossible].every(({ count }) => count === 0);
    return {
      symbol: header.symbol,
      timeframe: header.timeframe,
      rows: header.rows,
      intact: checksum === 'ok' && isSound,
      checksum,
      gaps: { count: gaps.count, missing: gaps.missing, first: gaps.first },
      ...found,
    };
  } finally {
    await file.close();
  }
}

async function checksumOf(file: CandleFile): Promise<'ok' | 'mismatch'> {
  try {
    await file.verify();
    return 'ok';
  } catch (error) {
    if (error instanceof CandleFileError && error.code === 'CHECKSUM_MISMATCH') return 'mismatch';
    throw error;
  }
}

/** Judges each candle once the next one is known. */
class SpikeDetector {
  #rows = 0;
  #meanMove = 0;
  #beforeClose = NaN;
  #held: { timeMs: number; high: number; low: number; close: number } | null = null;

  constructor(private readonly onSpike: (timeMs: number) => void) {}

  add(timeMs: number, high: number, low: number, close: number): void {
    this.#judge(close);
    if (this.#held !== null) {
      const move = Math.abs(Math.log(close / this.#held.close));
      // A spike must not make the next one look usual.
      const counted = this.#rows < warmUpRows ? move : Math.min(move, 5 * this.#meanMove);
      this.#rows += 1;
      const weight = Math.max(1 - memory, 1 / this.#rows);
      this.#meanMove += weight * (counted - this.#meanMove);
      this.#beforeClose = this.#held.close;
    }
    this.#held = { timeMs, high, low, close };
  }

  finish(): void {
    if (this.#held !== null) this.#judge(this.#held.close);
  }

  #judge(nextClose: number): void {
    if (this.#held === null || this.#rows < warmUpRows) return;
    const { timeMs, high, low } = this.#held;
    const above = Math.log(high / Math.max(this.#beforeClose, nextClose));
    const below = Math.log(Math.min(this.#beforeClose, nextClose) / low);
    if (Math.max(above, below) > spikeMoves * this.#meanMove) this.onSpike(timeMs);
  }
}

function isoOrText(timeMs: number): string {
  return Number.isFinite(timeMs) ? new Date(timeMs).toISOString() : String(timeMs);
}
