import { z } from 'zod';
import type { Candles } from './candles.js';
import type { OrderRequest, OpenTrade } from './engine/order.js';

/**
 * The bar that has just closed and the account as it stands at that close: all a decision may use.
 *
 * One object serves the whole run; its fields change from bar to bar, so keep values, never the object.
 * Orders fill on the next bar at the earliest.
 */
export interface Bar {
  /** Index of this bar in the candles that `init` was given. */
  readonly index: number;
  /** Opening instant in milliseconds since the epoch. */
  readonly time: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  /** Cash and open trades marked at this close, in the quote currency. */
  readonly equity: number;
  /** Units held, negative when short, summed over the open trades. */
  readonly position: number;
  readonly openTrades: readonly Readonly<OpenTrade>[];
  /** Orders waiting that are neither stop loss nor take profit. */
  readonly pendingOrders: number;
  buy(order?: OrderRequest): void;
  sell(order?: OrderRequest): void;
  /** Closes this share (0, 1] of every open trade at the next open. */
  closePosition(portion?: number): void;
  /** Cancels every pending order that is neither stop loss nor take profit. */
  cancelPending(): void;
  /** Moves the stop loss of an open trade, from the next bar on. */
  setStopLoss(trade: Readonly<OpenTrade>, price: number): void;
}

/** What a run gives its strategy beside the candles. */
export interface StrategyInputs {
  /** A value per bar, known at that bar's close; NaN is none. Absent when the run has none. */
  readonly signals: Float64Array | undefined;
  /** A second series per bar, such as an expected return. */
  readonly expectedReturns: Float64Array | undefined;
  /** Seeded: the same run draws the same numbers. */
  readonly random: () => number;
}

/** A trading rule. It sees the past only: `next` is called once a bar, in order, after that bar closed. */
export interface Strategy {
  /**
   * Computes the indicators once; element i may depend on bars 0..i only (a prefix replay checks it).
   * Returns the series whose first valid value the first decision waits for.
   */
  init(candles: Candles, inputs: StrategyInputs): readonly Float64Array[];
  next(bar: Bar): void;
}

/** As much of a strategy as a run needs. */
export type RunnableStrategy = Pick<StrategyDefinition, 'name' | 'requiresSignals' | 'create'>;

/** A strategy as it is offered: what it is called, what it takes and how one is made. */
export interface StrategyDefinition {
  readonly name: string;
  readonly label: string;
  readonly description: string;
  readonly category: string;
  /** True when the run needs a model's probabilities as `signals`. */
  readonly requiresModel: boolean;
  /** True when the run needs `signals` of any origin. */
  readonly requiresSignals: boolean;
  /** A strict object in which every field has a default. */
  readonly params: z.ZodType;
  readonly paramsSchema: Readonly<Record<string, unknown>>;
  /** Validates the params and makes a strategy; throws a `ZodError` on params outside the schema. */
  create(params: unknown): Strategy;
}

/** Draws a definition from a schema and the class that takes its output. */
export function defineStrategy<Schema extends z.ZodType>(definition: {
  readonly name: string;
  readonly label: string;
  readonly description: string;
  readonly category: string;
  readonly requiresModel?: boolean;
  readonly requiresSignals?: boolean;
  readonly params: Schema;
  readonly strategy: new (params: z.output<Schema>) => Strategy;
}): StrategyDefinition {
  const {
    strategy: StrategyClass,
    requiresModel = false,
    requiresSignals = requiresModel,
    ...rest
  } = definition;
  return {
    ...rest,
    requiresModel,
    requiresSignals,
    paramsSchema: z.toJSONSchema(definition.params, { io: 'input' }),
    create: (params) => new StrategyClass(definition.params.parse(params ?? {})),
  };
}
