import { readdir, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CandleFile } from './candle-file.js';
import { CandleFileWriter } from './candle-file-writer.js';
import { CandleFileError, type CandleFileHeader, type CandleFileLabel } from './candle-format.js';
import { mergeCandles, type CandleBlocks } from './candle-merge.js';
import { withLock } from './series-lock.js';

export interface NewCandles {
  /** At least as many as `blocks` has. */
  readonly rows: number;
  /** From the beginning at each call: they are read again when somebody else was faster. */
  blocks(): CandleBlocks;
}

export interface StoredCandles {
  readonly header: CandleFileHeader;
  /** Candles of times that were not stored before. */
  readonly added: number;
  /** Candles of times that were stored before; the new ones count. */
  readonly overlapping: number;
  /** Made-up candles were there; they were not merged with these but gave way to them. */
  readonly replacedSynthetic: boolean;
}

const attempts = 10;

/**
 * Merges new candles into the series at `path`, or puts them in its place; seen all at once or not at all.
 *
 * Made-up and real candles are never mixed: where the one comes to the other, all timeframes of the symbol
 * that are of the other kind are removed. A series that somebody else changed meanwhile is merged anew.
 *
 * @throws CandleFileError also when the stored file is damaged
 */
export async function storeCandles(
  path: string,
  label: CandleFileLabel,
  candles: NewCandles,
  mode: 'merge' | 'replace',
): Promise<StoredCandles> {
  for (let attempt = 1; ; attempt++) {
    const stored = await openOrNull(path);
    let writer: CandleFileWriter | null = null;
    try {
      const isOtherKind = stored !== null && stored.header.synthetic !== label.synthetic;
      const base = mode === 'merge' && !isOtherKind ? stored : null;
      const baseRows = base?.header.rows ?? 0;
      writer = await CandleFileWriter.create(path, label, baseRows + candles.rows);
      let overlapping = 0;
      const count = () => (overlapping += 1);
      const sources = base === null ? [] : [base.blocks({ first: 0, end: baseRows }, 16_384)];
      const merged = base === null ? candles.blocks() : mergeCandles([...sources, candles.blocks()], count);
      for await (const block of merged) await writer.append(block);
      const header = await writer.finish();
      if (await publishUnlessChanged(path, stored, writer)) {
        if (!label.synthetic) await removeSynthetic(path);
        return {
          header,
          added: header.rows - baseRows,
          overlapping,
          replacedSynthetic: isOtherKind && !label.synthetic,
        };
      }
    } finally {
      await writer?.discard();
      await stored?.close();
    }
    if (attempt === attempts) throw new Error(`${path} changed ${attempts} times while it was merged`);
  }
}

/** Removes a series; false if there was none. Who reads it goes on reading. */
export async function removeSeries(path: string): Promise<boolean> {
  try {
    await rm(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
  // Only an empty folder lets itself be removed.
  await rmdir(dirname(path)).catch(() => undefined);
  return true;
}

async function publishUnlessChanged(
  path: string,
  stored: CandleFile | null,
  writer: CandleFileWriter,
): Promise<boolean> {
  return withLock(path, async () => {
    const now = await openOrNull(path);
    await now?.close();
    if (now?.version !== stored?.version) return false;
    await writer.publish();
    return true;
  });
}

async function openOrNull(path: string): Promise<CandleFile | null> {
  try {
    return await CandleFile.open(path);
  } catch (error) {
    if (error instanceof CandleFileError && error.code === 'NOT_FOUND') return null;
    throw error;
  }
}

/** The other timeframes of a symbol that has real candles now must not go on being made up. */
async function removeSynthetic(path: string): Promise<void> {
  const folder = dirname(path);
  for (const name of await readdir(folder)) {
    const other = join(folder, name);
    if (other === path || !name.endsWith('.candles') || name.startsWith('.')) continue;
    const file = await openOrNull(other).catch(() => null);
    await file?.close();
    if (file?.header.synthetic === true) await rm(other, { force: true });
  }
}
