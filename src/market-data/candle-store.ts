import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Candles } from '@app/backtest';
import { timeframes, type DatasetInfo, type SymbolInfo, type Timeframe } from '@app/contracts';
import { readCandleFileHeader } from './candle-file.js';
import { writeCandleFile } from './candle-file-writer.js';
import { CandleFileError, type CandleFileHeader } from './candle-format.js';
import { readCandles, type ReadCandles } from './read-candles.js';
import { canResample } from './resample.js';
import { canonicalSymbol, resolveSymbol } from './symbol-name.js';

export interface CandleSource {
  /** A process of its own can read this file by `readCandles(path, timeframe, span)`. */
  readonly path: string;
  readonly header: CandleFileHeader;
  readonly shared: boolean;
}

/** Where a series lies, or would. */
export interface SeriesTarget {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly path: string;
  readonly shared: boolean;
}

export interface CandleStoreOptions {
  /** Whose eyes these are: this user's own data hides shared data of the same symbol. */
  readonly userId?: string | undefined;
  /** Hears of files that a listing has to leave out. */
  readonly onBrokenFile?: (error: CandleFileError) => void;
}

const extension = '.candles';

/**
 * Candles in a folder, as one user sees them, or as anybody does.
 *
 * `shared/SYMBOL/TIMEFRAME.candles` is everybody's, `users/USER_ID/SYMBOL/TIMEFRAME.candles` that user's;
 * no other user's folder is ever looked at. The folder need not exist.
 */
export class CandleStore {
  readonly #shared: string;
  readonly #own: string | null;
  readonly #onBrokenFile: (error: CandleFileError) => void;

  /** @throws RangeError if the user id could not be the name of a folder */
  constructor(folder: string, options: CandleStoreOptions = {}) {
    const { userId } = options;
    if (userId !== undefined && !/^[A-Za-z0-9-]{1,64}$/.test(userId)) {
      throw new RangeError('a user id is 1 to 64 letters, digits and hyphens');
    }
    this.#shared = join(folder, 'shared');
    this.#own = userId === undefined ? null : join(folder, 'users', userId);
    this.#onBrokenFile = options.onBrokenFile ?? (() => undefined);
  }

  /** No user looks through it: what it writes is everybody's. */
  get isShared(): boolean {
    return this.#own === null;
  }

  /** Every stored series that can be seen, by symbol and timeframe. */
  async list(): Promise<SymbolInfo[]> {
    const entries: SymbolInfo[] = [];
    for (const [symbol, parent] of await this.#visibleSymbols()) {
      for (const timeframe of await timeframesIn(join(parent, symbol))) {
        const header = await this.#headerOrNull(filePath(parent, symbol, timeframe));
        if (header === null) continue;
        entries.push(infoOf(header, symbol, parent === this.#shared));
      }
    }
    return entries;
  }

  /** The symbols that can be seen, in order. */
  async symbols(): Promise<string[]> {
    return [...(await this.#visibleSymbols()).keys()];
  }

  /**
   * The file to take candles of a symbol and timeframe from: of that timeframe, else of the longest
   * shorter one they can be made of; null if there is none.
   *
   * @throws CandleFileError if that file is broken
   */
  async find(symbol: string, timeframe: Timeframe): Promise<CandleSource | null> {
    const visible = await this.#visibleSymbols();
    const name = resolveSymbol(symbol, visible.keys());
    if (name === null) return null;
    const parent = visible.get(name)!;
    const usable = (await timeframesIn(join(parent, name))).filter((stored) =>
      canResample(stored, timeframe),
    );
    const best = usable.at(-1);
    if (best === undefined) return null;
    const path = filePath(parent, name, best);
    return { path, header: await readCandleFileHeader(path), shared: parent === this.#shared };
  }

  /**
   * Candles opening in `[fromMs, toMs)`, oldest first, at most `maxRows`; null if nothing is stored
   * from which they could be made.
   *
   * @throws CandleFileError
   */
  async read(
    symbol: string,
    timeframe: Timeframe,
    fromMs?: number,
    toMs?: number,
    maxRows?: number,
  ): Promise<ReadCandles | null> {
    const source = await this.find(symbol, timeframe);
    return source === null ? null : readCandles(source.path, timeframe, { fromMs, toMs, maxRows });
  }

  /**
   * Stores candles where `target` says, replacing what was there.
   *
   * @throws RangeError if `symbol` is none
   * @throws CandleFileError INVALID_COLUMNS
   */
  async write(
    symbol: string,
    timeframe: Timeframe,
    candles: Candles,
    label: Pick<CandleFileHeader, 'synthetic' | 'source'>,
  ): Promise<CandleSource> {
    const target = await this.target(symbol, timeframe);
    const header = await writeCandleFile(target.path, candles, {
      ...label,
      symbol: target.symbol,
      timeframe,
    });
    return { path: target.path, header, shared: target.shared };
  }

  /**
   * Where candles of a symbol are stored: as the user's own, or as shared when the store has no user. The
   * name of a visible symbol that `symbol` means is kept: `BTCUSDT` goes to `BTC_USDT`.
   *
   * @throws RangeError if `symbol` is none
   */
  async target(symbol: string, timeframe: Timeframe): Promise<SeriesTarget> {
    const name = resolveSymbol(symbol, (await this.#visibleSymbols()).keys()) ?? canonicalSymbol(symbol);
    if (name === null) throw new RangeError(`${JSON.stringify(symbol)} is not a symbol such as BTC_USDT`);
    const parent = this.#own ?? this.#shared;
    return { symbol: name, timeframe, path: filePath(parent, name, timeframe), shared: this.#own === null };
  }

  /** Every stored series: the user's own, and the shared ones whether or not own data hides them. */
  async datasets(): Promise<DatasetInfo[]> {
    const visible = await this.#visibleSymbols();
    const infos: DatasetInfo[] = [];
    for (const parent of [this.#own, this.#shared]) {
      if (parent === null) continue;
      const shared = parent === this.#shared;
      for (const symbol of await symbolsIn(parent)) {
        for (const timeframe of await timeframesIn(join(parent, symbol))) {
          const header = await this.#headerOrNull(filePath(parent, symbol, timeframe));
          if (header === null) continue;
          infos.push({
            ...infoOf(header, symbol, shared),
            owner: shared ? 'shared' : 'own',
            hidden: visible.get(symbol) !== parent,
            missing: header.missing,
            gaps: header.missing === 0 ? 0 : (header.gaps ?? null),
            source: header.source,
            sha256: header.sha256,
          });
        }
      }
    }
    return infos;
  }

  /** The very series of the user, or the shared one when the store has no user; null if there is none. */
  async series(symbol: string, timeframe: Timeframe): Promise<string | null> {
    const parent = this.#own ?? this.#shared;
    const name = resolveSymbol(symbol, await symbolsIn(parent));
    if (name === null) return null;
    return (await timeframesIn(join(parent, name))).includes(timeframe)
      ? filePath(parent, name, timeframe)
      : null;
  }

  /** Each visible symbol and the folder it is taken from, in order of the symbol. */
  async #visibleSymbols(): Promise<Map<string, string>> {
    const visible = new Map<string, string>();
    for (const symbol of await symbolsIn(this.#shared)) visible.set(symbol, this.#shared);
    if (this.#own !== null) {
      for (const symbol of await symbolsIn(this.#own)) {
        const hidden = resolveSymbol(symbol, visible.keys());
        if (hidden !== null) visible.delete(hidden);
        visible.set(symbol, this.#own);
      }
    }
    return new Map([...visible].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  async #headerOrNull(path: string): Promise<CandleFileHeader | null> {
    try {
      return await readCandleFileHeader(path);
    } catch (error) {
      if (!(error instanceof CandleFileError)) throw error;
      // Deleted since the folder was listed: not broken, just gone.
      if (error.code !== 'NOT_FOUND') this.#onBrokenFile(error);
      return null;
    }
  }
}

function infoOf(header: CandleFileHeader, symbol: string, shared: boolean): SymbolInfo {
  return {
    symbol,
    timeframe: header.timeframe,
    start: new Date(header.startMs).toISOString(),
    end: new Date(header.endMs).toISOString(),
    rows: header.rows,
    synthetic: header.synthetic,
    shared,
  };
}

function filePath(parent: string, symbol: string, timeframe: Timeframe): string {
  return join(parent, symbol, timeframe + extension);
}

async function symbolsIn(parent: string): Promise<string[]> {
  const symbols: string[] = [];
  for (const name of await namesIn(parent)) {
    if (canonicalSymbol(name) !== name) continue;
    if ((await timeframesIn(join(parent, name))).length > 0) symbols.push(name);
  }
  return symbols;
}

/** The timeframes stored in a symbol's folder, shortest first. */
async function timeframesIn(folder: string): Promise<Timeframe[]> {
  const names = new Set(await namesIn(folder));
  return timeframes.filter((timeframe) => names.has(timeframe + extension));
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw error;
  }
}
