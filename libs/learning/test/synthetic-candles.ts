import type { Candles } from '@app/backtest';
import { type Random, seededRandom } from '../src/random.js';

const HOUR_MS = 3_600_000;
const START_MS = Date.UTC(2022, 0, 1);

/** A market of hourly candles whose direction is a fair coin, but for a drift that a test plants. */
export interface SyntheticMarket {
  readonly candles: Candles;
  /** The planted drift of the next bar, in units of its volatility; 0 everywhere in a martingale. */
  readonly drift: Float64Array;
}

export interface MarketOptions {
  readonly bars: number;
  readonly seed: number;
  /** Drift of the next bar in units of its volatility, from what is known at this bar's close. */
  readonly drift?: ((known: { readonly state: number; readonly lastShock: number }) => number) | undefined;
  /** Persistence of the hidden state that the volume shows; 0.97 halves it in 23 bars. */
  readonly persistence?: number;
}

/**
 * GARCH(1,1) with Student shocks of four degrees of freedom, α = 0.08, β = 0.90 and 0.6 % a bar in
 * the long run: volatility clusters and tails are fat while every sign is a coin flip.
 *
 * A hidden AR(1) state of unit variance shows in the volume; a planted drift may follow it.
 */
export function syntheticMarket({ bars, seed, drift, persistence = 0.97 }: MarketOptions): SyntheticMarket {
  const random = seededRandom(seed);
  const candles: Candles = {
    time: Float64Array.from({ length: bars }, (_, i) => START_MS + i * HOUR_MS),
    open: new Float64Array(bars),
    high: new Float64Array(bars),
    low: new Float64Array(bars),
    close: new Float64Array(bars),
    volume: new Float64Array(bars),
  };
  const drifts = new Float64Array(bars);
  const longRun = 0.006 ** 2;
  let variance = longRun;
  let logPrice = Math.log(30_000);
  let state = random.normal();
  let planned = 0;
  for (let i = 0; i < bars; i++) {
    const deviation = Math.sqrt(variance);
    const shock = studentShock(random);
    const open = Math.exp(logPrice);
    logPrice += deviation * (shock + planned);
    const close = Math.exp(logPrice);
    candles.open[i] = open;
    candles.close[i] = close;
    candles.high[i] = Math.max(open, close) * Math.exp(0.4 * deviation * Math.abs(random.normal()));
    candles.low[i] = Math.min(open, close) * Math.exp(-0.4 * deviation * Math.abs(random.normal()));
    candles.volume[i] = 100 * Math.exp(0.5 * state + 0.05 * random.normal());
    planned = drift?.({ state, lastShock: shock }) ?? 0;
    drifts[i] = planned;
    state = persistence * state + Math.sqrt(1 - persistence ** 2) * random.normal();
    variance = 0.02 * longRun + 0.9 * variance + 0.08 * Math.min(variance * shock * shock, 100 * longRun);
  }
  return { candles, drift: drifts };
}

/** Student's t with four degrees of freedom, scaled to variance 1. */
function studentShock(random: Random): number {
  let squares = 0;
  for (let i = 0; i < 4; i++) squares += random.normal() ** 2;
  return random.normal() / Math.sqrt(squares / 4) / Math.SQRT2;
}
