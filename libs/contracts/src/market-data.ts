import { z } from 'zod';
import { dateForms, dateOrInstant, instant, queryFlag, symbol, timeframe } from './primitives.js';

const synthetic = z.boolean().describe('true: made up, prices of no market');
/** Names candles in results that were made of them. */
const sha256OfCandles = z.string().describe('SHA-256 of the candles as they are stored');

export const symbolInfo = z.object({
  symbol: z.string(),
  timeframe,
  start: instant.describe('opening time of the first candle'),
  end: instant.describe('opening time of the last candle'),
  rows: z.number().int().describe('how many candles there are'),
  synthetic,
  shared: z.boolean().describe("true: everybody's; false: the user's own"),
});
export type SymbolInfo = z.infer<typeof symbolInfo>;

export const candleQuery = z.strictObject({
  symbol,
  timeframe: timeframe
    .default('1h')
    .describe(
      'length of a candle, 1h when left out; made of the longest shorter ones where it is not stored',
    ),
  start: dateOrInstant
    .optional()
    .describe(`earliest opening time, inclusive: ${dateForms}. When left out, limit periods before the end`),
  end: dateOrInstant
    .optional()
    .describe(
      `end of the opening times, exclusive: ${dateForms}. When left out, after the last stored candle`,
    ),
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(5000)
    .default(500)
    .describe('how many candles to give at most, the first ones of the span; 1 to 5000, 500 when left out'),
});
export type CandleQuery = z.infer<typeof candleQuery>;

export const candle = z.object({
  time: instant.describe('opening time'),
  open: z.number(),
  high: z.number(),
  low: z.number(),
  close: z.number(),
  volume: z.number().describe('in the base currency, the first of a pair; prices are in the other one'),
});
export type Candle = z.infer<typeof candle>;

export const candleList = z.object({
  symbol: z.string(),
  timeframe,
  synthetic,
  candles: z.array(candle).describe('the oldest first'),
});
export type CandleList = z.infer<typeof candleList>;

/** A stored series, whether or not another one hides it. */
export const datasetInfo = symbolInfo.extend({
  owner: z.enum(['own', 'shared']).describe("own: the user's; shared: everybody's"),
  hidden: z.boolean().describe('shared data that own data of the symbol hides'),
  missing: z.number().int().describe('candles that the span should have and has not'),
  gaps: z.number().int().nullable().describe('in how many places; null for files of old'),
  source: z.string().describe('where the candles come from, for people'),
  sha256: sha256OfCandles,
});
export type DatasetInfo = z.infer<typeof datasetInfo>;

/** Whose data: the caller's own, or with `shared=true` everybody's. */
export const ownershipQuery = z.strictObject({
  shared: queryFlag.describe(
    "true: everybody's series, which admins alone may delete; false, the default: the own one, for which " +
      "verify and export take everybody's where there is none",
  ),
});
export type OwnershipQuery = z.infer<typeof ownershipQuery>;

export const datasetParams = z.strictObject({
  symbol: symbol.describe('symbol of the series, as the list of datasets writes it: BTC_USDT'),
  timeframe: timeframe.describe('length of its candles; the very series, none is made of shorter candles'),
});
export type DatasetParams = z.infer<typeof datasetParams>;

export const gap = z.object({
  from: instant.describe('opening time of the first candle that is missing'),
  to: instant.describe('opening time of the next candle that is there'),
  missing: z.number().int().describe('how many candles are missing'),
});
export type Gap = z.infer<typeof gap>;

const finding = z.object({
  count: z.number().int().describe('how many candles are so'),
  first: z.array(instant).max(10).describe('opening times of the first ten'),
});

/** What a look at every candle of a series found. */
export const verification = z.object({
  symbol: z.string(),
  timeframe,
  rows: z.number().int().describe('how many candles there are'),
  intact: z.boolean().describe('the checksum holds, and no candle is impossible, doubled or out of order'),
  checksum: z.enum(['ok', 'mismatch']).describe('ok: the candles are those that were stored'),
  gaps: z.object({
    count: z.number().int().describe('in how many places candles are missing'),
    missing: z.number().int().describe('how many candles are missing'),
    first: z.array(gap).max(10).describe('the first ten places'),
  }),
  wrong_order: finding.describe('opening before the candle in front of it'),
  duplicates: finding.describe('opening when the candle in front of it does'),
  impossible: finding.describe('no number, a price not above zero, or a high or low that does not hold'),
  off_grid: finding.describe('not opening at a whole multiple of the timeframe'),
  spikes: finding.describe('far outside its neighbours, by the measure of the moves before it'),
  zero_volume: finding.describe('a volume of 0'),
});
export type Verification = z.infer<typeof verification>;
