import type { Feature, FeatureInput, Series } from './feature.js';
import { moveScale } from './prices.js';

const MINUTE_MS = 60_000;
const WEEK_MS = 10_080 * MINUTE_MS;
/** Lengths of candles that people look at, shortest first. */
const SPANS_MS = [5, 15, 30, 60, 120, 240, 360, 720, 1440, 10_080].map((minutes) => minutes * MINUTE_MS);
/** 1970-01-05 was a Monday; shorter spans begin with the UTC day. */
const FIRST_MONDAY_MS = 4 * 1440 * MINUTE_MS;

/** Longer candles that have closed, with how many of them are known at each bar's close. */
interface ClosedCandles {
  /** Bars in one longer candle. */
  readonly ratio: number;
  readonly close: readonly number[];
  readonly high: readonly number[];
  readonly low: readonly number[];
  readonly known: Uint32Array;
}

/** Closed longer candles that each of these features looks at. */
const SPAN = 10;

/**
 * The shortest usual span of at least `factor` bars, or `null` when candles that long are unusual.
 *
 * A bar's length is the least distance between opening times, so holes do not matter.
 */
function higherSpanMs(input: FeatureInput, factor: number): { spanMs: number; barMs: number } | null {
  const { time } = input.candles;
  let barMs = Infinity;
  for (let bar = 1; bar < time.length; bar++) barMs = Math.min(barMs, time[bar]! - time[bar - 1]!);
  const spanMs = SPANS_MS.find((span) => span >= factor * barMs);
  return spanMs === undefined ? null : { spanMs, barMs };
}

/**
 * Joins bars to candles of `spanMs`. A longer candle counts from the close of the bar that ends it,
 * or from the first bar after its end where that one is missing: never while it is still open.
 * A first candle that the series enters halfway is left out.
 */
function closedCandles(input: FeatureInput, spanMs: number, barMs: number): ClosedCandles {
  const { time, high, low, close } = input.candles;
  const originMs = spanMs === WEEK_MS ? FIRST_MONDAY_MS : 0;
  const closes: number[] = [];
  const highs: number[] = [];
  const lows: number[] = [];
  const known = new Uint32Array(time.length);
  let open: { endMs: number; high: number; low: number; close: number; isWhole: boolean } | null = null;
  const settle = (): void => {
    if (open?.isWhole) {
      closes.push(open.close);
      highs.push(open.high);
      lows.push(open.low);
    }
    open = null;
  };
  for (let bar = 0; bar < time.length; bar++) {
    const at = time[bar]!;
    if (open && at >= open.endMs) settle();
    const startMs = originMs + Math.floor((at - originMs) / spanMs) * spanMs;
    open ??= {
      endMs: startMs + spanMs,
      high: -Infinity,
      low: Infinity,
      close: 0,
      isWhole: bar > 0 || at === startMs,
    };
    open.high = Math.max(open.high, high[bar]!);
    open.low = Math.min(open.low, low[bar]!);
    open.close = close[bar]!;
    if (at + barMs >= open.endMs) settle();
    known[bar] = closes.length;
  }
  return { ratio: spanMs / barMs, close: closes, high: highs, low: lows, known };
}

function higherFeatures(name: string, factor: number): readonly Feature[] {
  const words = `the shortest usual longer candle of at least ${factor} bars`;
  const candlesOf = (input: FeatureInput): ClosedCandles | null => {
    const higher = higherSpanMs(input, factor);
    return higher && closedCandles(input, higher.spanMs, higher.barMs);
  };
  const feature = (
    suffix: string,
    description: string,
    value: (closed: ClosedCandles, known: number, close: number, scale: number) => number,
  ): Feature => ({
    name: `${name}_${suffix}`,
    description: `${description}; ${words}`,
    lookback: 0,
    mayLack: true,
    optional: true,
    compute: (input): Series => {
      const closed = candlesOf(input);
      const scale = moveScale(input);
      return input.map((bar) => {
        const known = closed?.known[bar] ?? 0;
        if (!closed || known <= SPAN) return NaN;
        return value(closed, known, input.candles.close[bar]!, scale[bar]! * Math.sqrt(closed.ratio));
      });
    },
  });
  const last = (values: readonly number[], known: number): number[] => values.slice(known - SPAN, known);
  return [
    feature(
      'return',
      'Log return of the last closed longer candle ÷ (48-bar volatility × √bars in it)',
      ({ close }, known, _now, scale) => Math.log(close[known - 1]! / close[known - 2]!) / scale,
    ),
    feature(
      'distance',
      `Log distance of the close to the mean of the last ${SPAN} longer closes ÷ (48-bar volatility × √bars in one)`,
      ({ close }, known, now, scale) =>
        Math.log((now * SPAN) / last(close, known).reduce((sum, value) => sum + value, 0)) / scale,
    ),
    feature(
      'place',
      `Place of the close between lowest low (0) and highest high (1) of the last ${SPAN} closed longer candles`,
      ({ high, low }, known, now) => {
        const bottom = Math.min(...last(low, known));
        return (now - bottom) / (Math.max(...last(high, known)) - bottom);
      },
    ),
    feature(
      'rises',
      `Share of rises among the last ${SPAN} closed longer candles`,
      ({ close }, known) =>
        last(close, known).filter((value, k) => value > close[known - SPAN + k - 1]!).length / SPAN,
    ),
  ];
}

/** What closed longer candles say: about four times as long (1h: 4h), and about a day of them (1h: 1d). */
export const higherTimeframeFeatures: readonly Feature[] = [
  ...higherFeatures('higher_near', 4),
  ...higherFeatures('higher_far', 24),
];
