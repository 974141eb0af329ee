import type { Candles } from '@app/backtest';
import { seededRandom, type SeededRandom } from './seeded-random.js';

/** One made-up market; its name and price level resemble a real one, its prices do not. */
export interface SyntheticProfile {
  readonly symbol: string;
  readonly startPrice: number;
  /** Standard deviation of a year's log return. */
  readonly yearlyVolatility: number;
  /** Share of the return's variance that comes from the market as a whole, 0 to 1. */
  readonly marketShare: number;
  /** Mean traded value of an hour in the quote currency. */
  readonly hourlyTurnover: number;
  readonly priceDecimals: number;
}

export interface SyntheticOptions {
  /** Opening time of the first hour; the last opens before `endMs`. */
  readonly startMs: number;
  readonly endMs: number;
  readonly seed: number;
  /**
   * True: the expected price of any later hour is the price now, whatever is known (volatility can still be
   * foretold, direction cannot), so a strategy that earns on it has seen the future.
   */
  readonly martingale?: boolean;
}

/** A mood of the whole market: its yearly drift, volatility against the average, mean length in hours. */
interface Regime {
  readonly drift: number;
  readonly volatility: number;
  readonly meanHours: number;
}

const { ceil, cos, exp, floor, log, max, min, round, sqrt } = Math;
const hourMs = 3_600_000;
const hoursPerYear = 8766;

const regimes: readonly Regime[] = [
  { drift: 0.1, volatility: 0.7, meanHours: 720 },
  { drift: 0.9, volatility: 0.95, meanHours: 600 },
  { drift: -0.7, volatility: 1.15, meanHours: 480 },
  { drift: -1.5, volatility: 1.9, meanHours: 96 },
];

/** Pull of the log price to its start, per year: keeps four years of prices at a plausible level. */
const reversion = 1;
/** GARCH(1,1) of mean 1 (Bollerslev 1986). */
const garch = { shock: 0.04, memory: 0.95 };
/** Student's t with four degrees of freedom as a mixture of normals, its variance capped at this multiple. */
const largestMixture = 16;
const weekendVolatility = 0.75;
/** Spread of the logarithm of the volume that volatility does not explain. */
const volumeNoise = 0.35;

/**
 * Hourly candles made from a seed, without a gap, each opening at the close before it.
 *
 * Log returns: GARCH(1,1) of Student's t shocks, one factor common to all profiles of a seed, times a
 * regime and an hour-of-week volatility. The variance recursion is fed the shock before that scaling, or
 * every busy hour would be taken for news. Given its variance an hour is a Brownian path: high and low are
 * drawn from the law of its extremes between open and close, so that the mean range is twice the mean
 * absolute return (Feller 1951). Volume rises with volatility.
 */
export function syntheticCandles(profile: SyntheticProfile, options: SyntheticOptions): Candles {
  const { startMs, endMs, seed, martingale = false } = options;
  const rows = max(0, ceil((endMs - startMs) / hourMs));
  const market = seededRandom(seed, 'market');
  const own = seededRandom(seed, profile.symbol);
  const mood = regimeWalk(seededRandom(seed, 'regimes'));
  const seasons = hourOfWeekVolatility();
  const candles = emptyCandles(rows);
  const { time, open, high, low, close, volume } = candles;

  const marketWeight = sqrt(profile.marketShare);
  const ownWeight = sqrt(1 - profile.marketShare);
  const hourlyVolatility = profile.yearlyVolatility / sqrt(hoursPerYear);
  const scale = 10 ** profile.priceDecimals;
  const rounded = (price: number): number => round(price * scale) / scale;
  const startLog = log(profile.startPrice);
  let logPrice = startLog;
  let garchVariance = 1;
  for (let row = 0; row < rows; row++) {
    const timeMs = startMs + row * hourMs;
    const regime = mood();
    const mixture = heavyTailedVariance(own);
    const shock = sqrt(garchVariance * mixture) * (marketWeight * market.normal() + ownWeight * own.normal());
    const scaling = hourlyVolatility * regime.volatility * seasons[hourOfWeek(timeMs)]!;
    const variance = scaling ** 2 * garchVariance * mixture;
    const yearlyDrift = martingale ? 0 : regime.drift - reversion * (logPrice - startLog);
    // Less half the variance, the mean of the price itself does not move.
    const logReturn = scaling * shock + yearlyDrift / hoursPerYear - variance / 2;
    garchVariance = 1 - garch.shock - garch.memory + garch.shock * shock ** 2 + garch.memory * garchVariance;

    time[row] = timeMs;
    open[row] = rounded(exp(logPrice));
    high[row] = rounded(exp(logPrice + extremeAbove(logReturn, variance, own.uniform())));
    low[row] = rounded(exp(logPrice - extremeAbove(-logReturn, variance, own.uniform())));
    logPrice += logReturn;
    close[row] = rounded(exp(logPrice));
    const activity = (sqrt(variance) / hourlyVolatility) * exp(volumeNoise * own.normal());
    volume[row] = round((activity * profile.hourlyTurnover * 1e4) / close[row]!) / 1e4;
  }
  return candles;
}

/**
 * How far a Brownian path of this variance that moves by `change` in all climbs above its start: the inverse
 * of P(M > m) = exp(-2 m (m - change) / variance) at `probability` (Karatzas and Shreve 1991, 2.8).
 */
function extremeAbove(change: number, variance: number, probability: number): number {
  return (change + sqrt(change ** 2 - 2 * variance * log(probability))) / 2;
}

/** Times a standard normal's square root of this: Student's t of four degrees, of variance 1. */
function heavyTailedVariance(random: SeededRandom): number {
  return min(-1 / log(random.uniform() * random.uniform()), largestMixture);
}

function regimeWalk(random: SeededRandom): () => Regime {
  let current = 0;
  return () => {
    if (random.uniform() < 1 / regimes[current]!.meanHours) {
      current = (current + 1 + floor(random.uniform() * (regimes.length - 1))) % regimes.length;
    }
    return regimes[current]!;
  };
}

function hourOfWeek(timeMs: number): number {
  const date = new Date(timeMs);
  return date.getUTCDay() * 24 + date.getUTCHours();
}

/** Volatility by hour of the week from Sunday 00:00 UTC, of mean square 1: afternoons busy, weekends quiet. */
function hourOfWeekVolatility(): Float64Array {
  const volatility = Float64Array.from({ length: 168 }, (_, hour) => {
    const day = floor(hour / 24);
    const daily = 1 + 0.3 * cos(((hour - 15) * 2 * Math.PI) / 24);
    return daily * (day === 0 || day === 6 ? weekendVolatility : 1);
  });
  const meanSquare = volatility.reduce((sum, value) => sum + value ** 2, 0) / volatility.length;
  return volatility.map((value) => value / sqrt(meanSquare));
}

function emptyCandles(rows: number): Candles {
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
