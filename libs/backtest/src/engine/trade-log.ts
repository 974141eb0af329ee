import { exitReasons, type ExitReason } from './order.js';
import type { OpenTrade } from './open-trade.js';

/** One closed trade, or a part that was closed of one. */
export interface Trade {
  /** Units, negative for a short. */
  readonly size: number;
  readonly entryBar: number;
  readonly exitBar: number;
  readonly entryPrice: number;
  readonly exitPrice: number;
  /** In the quote currency, after both commissions. */
  readonly pnl: number;
  /** `pnl` over the value at entry. */
  readonly returnFraction: number;
  /** Of entry and exit, in the quote currency. */
  readonly commission: number;
  /** The last stop loss and take profit it had; NaN without. */
  readonly stopLoss: number;
  readonly takeProfit: number;
  readonly exitReason: ExitReason;
}

const fields = [
  'size',
  'entryBar',
  'exitBar',
  'entryPrice',
  'exitPrice',
  'pnl',
  'returnFraction',
  'commission',
  'stopLoss',
  'takeProfit',
] as const;
type Field = (typeof fields)[number];

/**
 * The closed trades of a run in the order of their exits, as columns: a run with many trades leaves no
 * heap of objects behind. Only the first `length` values of a column count.
 */
export class TradeLog {
  length = 0;
  readonly columns: Record<Field, Float64Array>;
  #reasons = new Uint8Array(64);

  constructor() {
    this.columns = Object.fromEntries(
      fields.map((field) => [field, new Float64Array(64)]),
    ) as typeof this.columns;
  }

  add(
    trade: OpenTrade,
    size: number,
    entryCommission: number,
    exitBar: number,
    exitPrice: number,
    exitCommission: number,
    reason: ExitReason,
  ): void {
    const k = this.length;
    if (k === this.#reasons.length) this.#grow();
    const { columns } = this;
    const commission = entryCommission + exitCommission;
    const pnl = size * (exitPrice - trade.entryPrice) - commission;
    columns.size[k] = size;
    columns.entryBar[k] = trade.entryBar;
    columns.exitBar[k] = exitBar;
    columns.entryPrice[k] = trade.entryPrice;
    columns.exitPrice[k] = exitPrice;
    columns.pnl[k] = pnl;
    columns.returnFraction[k] = pnl / (Math.abs(size) * trade.entryPrice);
    columns.commission[k] = commission;
    columns.stopLoss[k] = trade.stopLoss;
    columns.takeProfit[k] = trade.takeProfit;
    this.#reasons[k] = exitReasons.indexOf(reason);
    this.length = k + 1;
  }

  /** One column without its unused end. */
  column(field: Field): Float64Array {
    return this.columns[field].subarray(0, this.length);
  }

  toArray(): Trade[] {
    return Array.from({ length: this.length }, (_, k) => {
      const figures = Object.fromEntries(fields.map((field) => [field, this.columns[field][k]!]));
      return { ...(figures as Record<Field, number>), exitReason: exitReasons[this.#reasons[k]!]! };
    });
  }

  /** Restates the bars relative to another first bar. */
  shiftBars(by: number): void {
    for (const field of ['entryBar', 'exitBar'] as const) {
      for (let k = 0; k < this.length; k++) this.columns[field][k]! += by;
    }
  }

  /** Restates sizes and prices from multiples of `unit` into whole units; money stays what it is. */
  restate(unit: number): void {
    for (let k = 0; k < this.length; k++) this.columns.size[k]! *= unit;
    for (const field of ['entryPrice', 'exitPrice', 'stopLoss', 'takeProfit'] as const) {
      for (let k = 0; k < this.length; k++) this.columns[field][k]! /= unit;
    }
  }

  #grow(): void {
    for (const field of fields) {
      const wider = new Float64Array(this.columns[field].length * 2);
      wider.set(this.columns[field]);
      this.columns[field] = wider;
    }
    const wider = new Uint8Array(this.#reasons.length * 2);
    wider.set(this.#reasons);
    this.#reasons = wider;
  }
}
