import { z } from 'zod';

/** An instant: ISO-8601 in UTC with a trailing `Z`. */
export const instant = z.iso.datetime({ offset: false });

/** How a date may be written in a request, for descriptions. */
export const dateForms = 'YYYY-MM-DD (midnight UTC) or an ISO-8601 timestamp with its offset, 1970 to 2100';

/** A day (`YYYY-MM-DD`, midnight UTC) or a full timestamp with its offset; years 1970 to 2100. */
export const dateOrInstant = z
  .union([z.iso.date(), z.iso.datetime({ offset: true })])
  .refine((text) => {
    const ms = Date.parse(text);
    return ms >= 0 && ms < Date.UTC(2101, 0, 1);
  }, 'must lie between 1970-01-01 and 2100-12-31')
  .describe(dateForms);

/** The dates of a request that speaks of a span; a refinement has to compare them. */
export const spanFields = {
  start_date: dateOrInstant.describe(`where the span begins, inclusive: ${dateForms}`),
  end_date: dateOrInstant.describe(`where the span ends, exclusive: ${dateForms}`),
};

export const identifier = z.uuid();

/** `BTC_USDT`, `BTC/USDT` and `btc-usdt` are one symbol, written `BTC_USDT`. */
export const symbol = z
  .string()
  .trim()
  .regex(
    /^[A-Za-z0-9]{1,16}([_/-][A-Za-z0-9]{1,16})?$/,
    'must be letters and digits, optionally a pair such as BTC_USDT',
  )
  .transform((text) => text.toUpperCase().replace(/[/-]/, '_'))
  .describe(
    'such as BTC_USDT; in letters of either case, with / or - in place of _, or with none of these where a single ' +
      'stored symbol has the same letters',
  );

/** Of a list's filter by `symbol`. */
export const ofRequestedSymbol =
  'only those of this symbol, such as BTC_USDT, however it is written (btc/usdt, BTCUSDT); all when left out';

export const timeframes = ['1m', '5m', '15m', '30m', '1h', '2h', '4h', '6h', '12h', '1d', '1w'] as const;
export const timeframe = z
  .enum(timeframes)
  .describe('length of a candle: m minutes, h hours, d days, w weeks from Monday; in UTC');
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

/** Query of every list that comes in pages. */
export const pageQuery = {
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(200)
    .default(50)
    .describe('how many items a page has at most, 1 to 200; 50 when left out'),
  cursor: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe('next_cursor of the page before, as it came; the first page when left out'),
};

/** Query of a list that has nothing else to ask for. */
export const listQuery = z.strictObject(pageQuery);
export type ListQuery = z.infer<typeof listQuery>;

/** A word of a query that is true or false. */
export const queryFlag = z
  .enum(['true', 'false'])
  .default('false')
  .transform((word) => word === 'true');

export interface Page<Item> {
  items: Item[];
  next_cursor: string | null;
}
