import { z } from 'zod';

/** An instant: ISO-8601 in UTC with a trailing `Z`. */
export const instant = z.iso.datetime({ offset: false });

/** A day (`YYYY-MM-DD`, midnight UTC) or a full timestamp with its offset; years 1970 to 2100. */
export const dateOrInstant = z
  .union([z.iso.date(), z.iso.datetime({ offset: true })])
  .refine((text) => {
    const ms = Date.parse(text);
    return ms >= 0 && ms < Date.UTC(2101, 0, 1);
  }, 'must lie between 1970-01-01 and 2100-12-31')
  .describe('YYYY-MM-DD or an ISO-8601 timestamp');

export const identifier = z.uuid();

/** `BTC_USDT`, `BTC/USDT` and `btc-usdt` are one symbol, written `BTC_USDT`. */
export const symbol = z
  .string()
  .trim()
  .regex(
    /^[A-Za-z0-9]{1,16}([_/-][A-Za-z0-9]{1,16})?$/,
    'must be letters and digits, optionally a pair such as BTC_USDT',
  )
  .transform((text) => text.toUpperCase().replace(/[/-]/, '_'));

export const timeframes = ['1m', '5m', '15m', '30m', '1h', '2h', '4h', '6h', '12h', '1d', '1w'] as const;
export const timeframe = z.enum(timeframes);
export type Timeframe = z.infer<typeof timeframe>;

const minuteMs = 60_000;
/** The length of one candle in milliseconds. */
export const timeframeMs: Readonly<Record<Timeframe, number>> = {
  '1m': minuteMs,
  '5m': 5 * minuteMs,
  '15m': 15 * minuteMs,
  '30m': 30 * minuteMs,
  '1h': 60 * minuteMs,
  '2h': 120 * minuteMs,
  '4h': 240 * minuteMs,
  '6h': 360 * minuteMs,
  '12h': 720 * minuteMs,
  '1d': 1440 * minuteMs,
  '1w': 10080 * minuteMs,
};

/** Query of every list: `limit` 1 to 200, `cursor` as the previous page gave it. */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().min(1).max(200).optional(),
};

export interface Page<Item> {
  items: Item[];
  next_cursor: string | null;
}
