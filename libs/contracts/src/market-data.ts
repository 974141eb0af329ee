import { z } from 'zod';
import { dateOrInstant, instant, symbol, timeframe } from './primitives.js';

export const symbolInfo = z.object({
  symbol: z.string(),
  timeframe,
  start: instant,
  end: instant.describe('opening time of the last candle'),
  rows: z.number().int(),
  synthetic: z.boolean(),
  shared: z.boolean(),
});
export type SymbolInfo = z.infer<typeof symbolInfo>;

export const candleQuery = z.strictObject({
  symbol,
  timeframe: timeframe.default('1h'),
  start: dateOrInstant.optional(),
  end: dateOrInstant.optional(),
  limit: z.coerce.number().int().min(1).max(5000).default(500),
});
export type CandleQuery = z.infer<typeof candleQuery>;

export const candleList = z.object({
  symbol: z.string(),
  timeframe,
  synthetic: z.boolean(),
  candles: z.array(
    z.object({
      time: instant,
      open: z.number(),
      high: z.number(),
      low: z.number(),
      close: z.number(),
      volume: z.number(),
    }),
  ),
});
export type CandleList = z.infer<typeof candleList>;
