import { sliceCandles, type Candles } from '@app/backtest';
import { columnNames } from './candle-format.js';

/** Candles in blocks, each strictly ascending and after the one before; a block's memory is its owner's again when the next is asked for. */
export type CandleBlocks = AsyncIterable<Candles>;

/** Two candles of one time: that of the later source is kept. */
export type OnOverlap = (timeMs: number, areEqual: boolean) => void;

/** Where one source stands. */
class Cursor {
  #block: Candles | null = null;
  row = 0;

  private constructor(private readonly blocks: AsyncIterator<Candles>) {}

  static async open(source: CandleBlocks): Promise<Cursor> {
    const cursor = new Cursor(source[Symbol.asyncIterator]());
    await cursor.#nextBlock();
    return cursor;
  }

  get isDone(): boolean {
    return this.#block === null;
  }

  get block(): Candles {
    return this.#block!;
  }

  get timeMs(): number {
    return this.#block === null ? Infinity : this.#block.time[this.row]!;
  }

  async moveTo(row: number): Promise<void> {
    this.row = row;
    if (row >= this.block.time.length) await this.#nextBlock();
  }

  async close(): Promise<void> {
    await this.blocks.return?.();
  }

  async #nextBlock(): Promise<void> {
    do {
      const next = await this.blocks.next();
      this.#block = next.done === true ? null : next.value;
    } while (this.#block?.time.length === 0);
    this.row = 0;
  }
}

/**
 * Several ascending sources as one. Where two have a candle of the same time, the later source's is taken.
 *
 * The blocks that come out share one memory: each is overwritten by the next.
 */
export async function* mergeCandles(
  sources: readonly CandleBlocks[],
  onOverlap: OnOverlap = () => undefined,
  rowsAtATime = 16_384,
): AsyncGenerator<Candles, void> {
  const cursors: Cursor[] = [];
  const out = emptyCandles(rowsAtATime);
  let filled = 0;
  try {
    for (const source of sources) cursors.push(await Cursor.open(source));
    for (;;) {
      const { winner, others, nextMs } = firstOf(cursors);
      if (winner === null) break;
      for (const loser of others) {
        onOverlap(loser.timeMs, areEqual(loser, winner));
        await loser.moveTo(loser.row + 1);
      }
      // All that the winner has before anybody else's turn goes at once.
      const { block, row } = winner;
      let end = row + 1;
      const most = Math.min(block.time.length, row + rowsAtATime - filled);
      if (others.length === 0) while (end < most && block.time[end]! < nextMs) end++;
      for (const name of columnNames) out[name].set(block[name].subarray(row, end), filled);
      filled += end - row;
      await winner.moveTo(end);
      if (filled === rowsAtATime) {
        yield out;
        filled = 0;
      }
    }
    if (filled > 0) yield sliceCandles(out, 0, filled);
  } finally {
    for (const cursor of cursors) await cursor.close();
  }
}

/** Who has the earliest candle (of several, the last), who else has one of that time, and when the rest begin. */
function firstOf(cursors: readonly Cursor[]): { winner: Cursor | null; others: Cursor[]; nextMs: number } {
  let winner: Cursor | null = null;
  let others: Cursor[] = [];
  let nextMs = Infinity;
  for (const cursor of cursors) {
    if (cursor.isDone) continue;
    if (winner === null || cursor.timeMs < winner.timeMs) {
      nextMs = winner?.timeMs ?? Infinity;
      winner = cursor;
      others = [];
    } else if (cursor.timeMs === winner.timeMs) {
      others.push(winner);
      winner = cursor;
    } else nextMs = Math.min(nextMs, cursor.timeMs);
  }
  return { winner, others, nextMs };
}

function areEqual(a: Cursor, b: Cursor): boolean {
  return columnNames.every((name) => a.block[name][a.row] === b.block[name][b.row]);
}

export function emptyCandles(rows: number): Candles {
  const column = (): Float64Array => new Float64Array(rows);
  return {
    time: column(),
    open: column(),
    high: column(),
    low: column(),
    close: column(),
    volume: column(),
  };
}
