import { exitReasons, type ExitReason, type OpenTrade } from './order.js';

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

/** The figures of the trades, a column each. */
interface TradeColumns {
  entryBar: Int32Array;
  exitBar: Int32Array;
  size: Float64Array;
  entryPrice: Float64Array;
  exitPrice: Float64Array;
  pnl: Float64Array;
  returnFraction: Float64Array;
  commission: Float64Array;
  stopLoss: Float64Array;
  takeProfit: Float64Array;
  /** Of the bars held whole, where the run has kept them; NaN where they are still to be looked for. */
  lowest: Float64Array;
  highest: Float64Array;
  reason: Uint8Array;
}

function columnsOf(capacity: number, from?: TradeColumns): TradeColumns {
  const bars = (source?: Int32Array): Int32Array => filled(new Int32Array(capacity), source);
  const figures = (source?: Float64Array): Float64Array => filled(new Float64Array(capacity), source);
  return {
    entryBar: bars(from?.entryBar),
    exitBar: bars(from?.exitBar),
    size: figures(from?.size),
    entryPrice: figures(from?.entryPrice),
    exitPrice: figures(from?.exitPrice),
    pnl: figures(from?.pnl),
    returnFraction: figures(from?.returnFraction),
    commission: figures(from?.commission),
    stopLoss: figures(from?.stopLoss),
    takeProfit: figures(from?.takeProfit),
    lowest: figures(from?.lowest),
    highest: figures(from?.highest),
    reason: filled(new Uint8Array(capacity), from?.reason),
  };
}

function filled<Column extends Int32Array | Float64Array | Uint8Array>(
  target: Column,
  source?: Column,
): Column {
  if (source !== undefined) target.set(source);
  return target;
}

/**
 * The closed trades of a run in the order of their exits, as columns: a run with many trades leaves no
 * heap of objects behind. Only the first `length` values of a column count.
 */
export class TradeLog {
  length = 0;
  columns: TradeColumns;

  /** `capacity`: how many trades to make room for at first; there may be more. */
  constructor(capacity = 256) {
    this.columns = columnsOf(capacity);
  }

  add(
    trade: Pick<OpenTrade, 'entryBar' | 'entryPrice' | 'stopLoss' | 'takeProfit'>,
    size: number,
    entryCommission: number,
    exitBar: number,
    exitPrice: number,
    exitCommission: number,
    reason: ExitReason,
  ): void {
    const k = this.length;
    if (k === this.columns.size.length) this.columns = columnsOf(4 * k, this.columns);
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
    columns.lowest[k] = NaN;
    columns.highest[k] = NaN;
    columns.reason[k] = exitReasons.indexOf(reason);
    this.length = k + 1;
  }

  /** Keeps the extremes of the bars that the trade added last was held for, before the one of its exit. */
  keepExtremes(lowest: number, highest: number): void {
    this.columns.lowest[this.length - 1] = lowest;
    this.columns.highest[this.length - 1] = highest;
  }

  /** One column without its unused end. */
  column(name: Exclude<keyof TradeColumns, 'entryBar' | 'exitBar' | 'reason'>): Float64Array {
    return this.columns[name].subarray(0, this.length);
  }

  toArray(): Trade[] {
    const { columns } = this;
    return Array.from({ length: this.length }, (_, k) => ({
      size: columns.size[k]!,
      entryBar: columns.entryBar[k]!,
      exitBar: columns.exitBar[k]!,
      entryPrice: columns.entryPrice[k]!,
      exitPrice: columns.exitPrice[k]!,
      pnl: columns.pnl[k]!,
      returnFraction: columns.returnFraction[k]!,
      commission: columns.commission[k]!,
      stopLoss: columns.stopLoss[k]!,
      takeProfit: columns.takeProfit[k]!,
      exitReason: exitReasons[columns.reason[k]!]!,
    }));
  }

  /** Restates the bars relative to another first bar. */
  shiftBars(by: number): void {
    const { entryBar, exitBar } = this.columns;
    for (let k = 0; k < this.length; k++) {
      entryBar[k]! += by;
      exitBar[k]! += by;
    }
  }

  /** Restates sizes and prices from multiples of `unit` into whole units; money stays what it is. */
  restate(unit: number): void {
    const { size, entryPrice, exitPrice, stopLoss, takeProfit } = this.columns;
    for (let k = 0; k < this.length; k++) {
      size[k]! *= unit;
      entryPrice[k]! /= unit;
      exitPrice[k]! /= unit;
      stopLoss[k]! /= unit;
      takeProfit[k]! /= unit;
    }
  }
}
