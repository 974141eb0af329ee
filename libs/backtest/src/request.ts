import type { Candles } from './candles.js';
import type { Config } from './engine/config.js';
import type { OrderSize } from './engine/order.js';
import { isValidSize } from './engine/sizing.js';
import { BacktestInputError } from './errors.js';
import type { RunnableStrategy } from './strategy.js';

/** One run: the data, the strategy and the terms of trade. Fractions are of 1, money in the quote currency. */
export interface BacktestRequest {
  readonly candles: Candles;
  /** The first bar at which the strategy may decide; earlier bars only warm its indicators. */
  readonly warmupFrom?: number | undefined;
  /** A name from `strategies`, or a definition of one's own. */
  readonly strategy: string | RunnableStrategy;
  readonly params?: unknown;
  readonly initialCapital: number;
  /** Per fill: a fraction of the traded value, or that and a fixed fee. Default 0. */
  readonly commission?: number | { readonly relative?: number; readonly fixed?: number } | undefined;
  /** Fraction of the price, against the trader, on every market and stop fill. Default 0. */
  readonly slippage?: number | undefined;
  /** Fraction of the price between bid and ask, paid on entry. Default 0. */
  readonly spread?: number | undefined;
  /** Size of the entries that name none. Default: all of the equity. */
  readonly sizing?: OrderSize | undefined;
  /** Position value over equity allowed at most. Default 1. */
  readonly leverage?: number | undefined;
  /** Fraction of the open trades' value that the equity must keep. Default: half the initial margin. */
  readonly maintenanceMargin?: number | undefined;
  /** Sizes are whole multiples of this many units: 1 for shares. Default 1e-8. */
  readonly lotStep?: number | undefined;
  /** Market orders fill at the close they were decided on instead of the next open. */
  readonly tradeOnClose?: boolean | undefined;
  readonly hedging?: boolean | undefined;
  readonly exclusiveOrders?: boolean | undefined;
  /** Close what is open at the end, at the last close. Default true. */
  readonly finalise?: boolean | undefined;
  /** Seeds whatever randomness the strategy draws. Default 0. */
  readonly seed?: number | undefined;
  /** A value per bar, known at its close (a probability, a target); NaN is none. As long as the candles. */
  readonly signals?: Float64Array | undefined;
  readonly expectedReturns?: Float64Array | undefined;
  /** Overrides the annualisation that the data's own calendar gives. */
  readonly periodsPerYear?: number | undefined;
  /** Trade by the rules of the reference results instead of ours. */
  readonly compat?: boolean | undefined;
  /** Called about 200 times a run at most, and at the end. */
  readonly onProgress?: ((barsDone: number, barsTotal: number) => void) | undefined;
}

/** Fills in the defaults of the terms of trade and refuses what is out of range (INVALID_OPTION). */
export function configOf(request: Omit<BacktestRequest, 'strategy'>): Config {
  const { commission = 0, leverage = 1, sizing, compat = false } = request;
  const config: Config = {
    initialCapital: request.initialCapital,
    commissionRelative: typeof commission === 'number' ? commission : (commission.relative ?? 0),
    commissionFixed: typeof commission === 'number' ? 0 : (commission.fixed ?? 0),
    slippage: request.slippage ?? 0,
    spread: request.spread ?? 0,
    // The compatible rules know "all" as the largest number below 1.
    sizing: sizing ?? { fraction: compat ? 1 - Number.EPSILON : 1 },
    leverage,
    maintenanceMargin: request.maintenanceMargin ?? 0.5 / leverage,
    lotStep: request.lotStep ?? (compat ? 1 : 1e-8),
    tradeOnClose: request.tradeOnClose ?? false,
    hedging: request.hedging ?? false,
    exclusiveOrders: request.exclusiveOrders ?? false,
    finalise: request.finalise ?? true,
  };
  demand(
    config.initialCapital > 0 && config.initialCapital < Infinity,
    'initialCapital',
    'above 0',
    config.initialCapital,
  );
  for (const name of ['commissionRelative', 'slippage', 'spread'] as const) {
    demand(config[name] >= 0 && config[name] < 1, name, 'in [0, 1)', config[name]);
  }
  demand(
    config.commissionFixed >= 0 && config.commissionFixed < Infinity,
    'commissionFixed',
    '0 or more',
    config.commissionFixed,
  );
  demand(leverage >= 1 && leverage <= 1000, 'leverage', 'from 1 to 1000', leverage);
  const { maintenanceMargin, lotStep } = config;
  demand(
    maintenanceMargin >= 0 && maintenanceMargin < 1 / leverage,
    'maintenanceMargin',
    'in [0, 1/leverage)',
    maintenanceMargin,
  );
  demand(isLotStep(lotStep), 'lotStep', 'a whole number or one over a whole number', lotStep);
  demand(
    isValidSize(config.sizing),
    'sizing',
    'a fraction in (0, 1], a risk in (0, 1) or units above 0',
    JSON.stringify(sizing),
  );
  return config;
}

function isLotStep(step: number): boolean {
  if (!(step > 0 && step < Infinity)) return false;
  const whole = step < 1 ? 1 / step : step;
  return Math.abs(whole - Math.round(whole)) < 1e-6 * whole;
}

function demand(holds: boolean, name: string, allowed: string, got: number | string): void {
  if (!holds) throw new BacktestInputError('INVALID_OPTION', `${name} must be ${allowed}, not ${got}`);
}
