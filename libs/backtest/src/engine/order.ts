/** +1 buys, -1 sells. */
export type Side = 1 | -1;

/** How large an entry is; without one the run's own sizing applies. */
export type OrderSize =
  /** Share of the equity (0, 1], times the leverage, that the position's value may reach. */
  | { readonly fraction: number; readonly units?: never; readonly risk?: never }
  /** Units of the base asset. */
  | { readonly units: number; readonly fraction?: never; readonly risk?: never }
  /** Share of the equity (0, 1) that is lost when the stop loss fills at its price; needs a stop loss. */
  | { readonly risk: number; readonly fraction?: never; readonly units?: never };

/** What a strategy may ask for beside the side; prices are absolute, in the quote currency. */
export interface OrderRequest {
  readonly size?: OrderSize | undefined;
  readonly limit?: number | undefined;
  readonly stop?: number | undefined;
  readonly stopLoss?: number | undefined;
  readonly takeProfit?: number | undefined;
  /** Distance of a trailing stop as a fraction of the best price since entry, e.g. 0.05. */
  readonly trailingStop?: number | undefined;
  /** First cancel pending entries and close every open trade. */
  readonly exclusive?: boolean | undefined;
}

/** Why a trade ended. */
export const exitReasons = [
  'signal',
  'opposite_entry',
  'stop_loss',
  'trailing_stop',
  'take_profit',
  'margin_call',
  'end_of_data',
] as const;
export type ExitReason = (typeof exitReasons)[number];

/** Why an order was refused. */
export type RejectReason =
  | 'insufficient_margin'
  | 'below_lot_step'
  | 'invalid_bracket'
  | 'invalid_price'
  | 'invalid_size'
  | 'risk_needs_stop_loss';

/**
 * One order in the queue, good till cancelled. `NaN` stands for "none" in every price.
 *
 * An entry has no trade; every other order closes (part of) its trade. Stop losses and take profits
 * are the contingent ones: they live and die with their trade.
 */
export class Order {
  alive = true;
  /** The first bar on which the order may fill. */
  activeFrom = 0;
  /** Closing orders: units to close at most. */
  units = Infinity;

  constructor(
    readonly kind: 'entry' | 'close' | 'stop_loss' | 'take_profit',
    readonly side: Side,
    /** Of an entry; null is the run's sizing. */
    readonly size: OrderSize | null,
    public limit: number,
    public stop: number,
    readonly stopLoss: number,
    readonly takeProfit: number,
    readonly trailingStop: number,
    readonly trade: OpenTrade | null,
  ) {}

  get isContingent(): boolean {
    return this.kind === 'stop_loss' || this.kind === 'take_profit';
  }

  get isMarket(): boolean {
    return Number.isNaN(this.limit) && Number.isNaN(this.stop);
  }
}

/** A stop loss that follows the price. */
export interface TrailingStop {
  /** As a fraction of the best price. */
  readonly distance: number;
  /** The best price since the entry. */
  best: number;
  /** Whether the stop loss in place is where the trail put it, not where the order did. */
  isInPlace: boolean;
}

/**
 * A position from its entry until it is closed; what is closed of it goes into the `TradeLog`.
 *
 * `size` is in units, negative for a short; the entry bar is an index into the run's candles.
 */
export class OpenTrade {
  /** The live protective orders. */
  stopOrder: Order | null = null;
  targetOrder: Order | null = null;
  trailing: TrailingStop | null = null;
  /** The bar inside which a stop or limit entry filled, and at what unadjusted price; null when at an open. */
  intrabarEntry: { readonly bar: number; readonly price: number } | null = null;

  constructor(
    public size: number,
    readonly entryBar: number,
    readonly entryPrice: number,
    /** Of the entry, in the quote currency. */
    public commission: number,
  ) {}

  get isLong(): boolean {
    return this.size > 0;
  }

  /** Price of the stop loss; NaN without. */
  get stopLoss(): number {
    return this.stopOrder?.stop ?? NaN;
  }

  /** Price of the take profit; NaN without. */
  get takeProfit(): number {
    return this.targetOrder?.limit ?? NaN;
  }
}
