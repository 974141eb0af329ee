import type { Candles } from '../candles.js';
import { BacktestInputError } from '../errors.js';
import type { Bar, Strategy } from '../strategy.js';
import { Account } from './account.js';
import type { Config } from './config.js';
import { MatchingEngine } from './matching-engine.js';
import { Order, type OrderRequest, type RejectReason, type Side, type OpenTrade } from './order.js';
import { OrderQueue } from './order-queue.js';
import type { Rules } from './rules.js';
import { floorToLot, isValidSize, roundHalfEven } from './sizing.js';

/** Told of every action of a strategy, in order; the look-ahead check compares two such records. */
export type DecisionListener = (bar: number, action: string, figures: readonly number[]) => void;

const noRequest: OrderRequest = {};

/**
 * One run: the account, its orders and the loop over the bars.
 *
 * Per bar, in this order: pending orders fill, the margin is watched and trailing stops move, the equity
 * is recorded at the close, the strategy decides. `docs/backtesting.md` tells it in full. Nothing is
 * allocated per bar, only per order and per trade.
 */
export class Simulation implements Bar {
  index = 0;
  /** Never anything but a double, not even before the constructor's first line: V8 then keeps it in place. */
  equity = NaN;
  readonly account: Account;
  readonly matchingEngine: MatchingEngine;
  /** The bar at whose close the equity was gone, which ends the run; -1 when it never was. */
  bankruptAtBar = -1;

  readonly #config: Config;
  readonly #rules: Rules;
  readonly #queue = new OrderQueue();
  readonly #listener: DecisionListener | undefined;
  readonly #candles: Candles;

  constructor(candles: Candles, config: Config, rules: Rules, listener?: DecisionListener) {
    this.#candles = candles;
    this.#config = config;
    this.#rules = rules;
    this.#listener = listener;
    this.account = new Account(config, rules.marginCall === 'maintenance');
    this.matchingEngine = new MatchingEngine(candles, config, rules, this.account, this.#queue);
    this.equity = config.initialCapital;
  }

  get time(): number {
    return this.#candles.time[this.index]!;
  }
  get open(): number {
    return this.#candles.open[this.index]!;
  }
  get high(): number {
    return this.#candles.high[this.index]!;
  }
  get low(): number {
    return this.#candles.low[this.index]!;
  }
  get close(): number {
    return this.#candles.close[this.index]!;
  }
  get volume(): number {
    return this.#candles.volume[this.index]!;
  }
  get position(): number {
    return this.account.position;
  }
  get openTrades(): readonly OpenTrade[] {
    return this.account.open;
  }
  get pendingOrders(): number {
    return this.#queue.pendingCount();
  }

  /** Runs bars `[from, to)` and writes the equity at each close; returns false once the run is over. */
  run(strategy: Strategy, from: number, to: number, equity: Float64Array): boolean {
    const { account, matchingEngine } = this;
    const { close } = this.#candles;
    for (let i = from; i < to; i++) {
      this.index = i;
      if (this.#queue.length > 0) matchingEngine.process(i);
      if (account.open.length > 0) matchingEngine.checkMarginAndTrailingStops(i);
      this.equity = account.equityAt(close[i]!);
      equity[i] = this.equity;
      if (this.equity <= 0) {
        this.#endInRuin(i, equity);
        return false;
      }
      strategy.next(this);
    }
    return true;
  }

  /** Closes what is still open and restates the last bar's equity. */
  finalise(equity: Float64Array): void {
    const last = equity.length - 1;
    const { open } = this.account;
    const close = this.#candles.close[last]!;
    if (this.#rules.finaliseAt === 'last_close') {
      this.matchingEngine.closeAll(last, close, 'end_of_data');
    } else {
      for (let k = open.length - 1; k >= 0; k--) this.#queueClose(open[k]!, 1);
      if (this.#queue.length > 0) this.matchingEngine.process(last);
    }
    equity[last] = this.account.equityAt(close);
  }

  buy(request: OrderRequest = noRequest): void {
    this.#place(1, request);
  }

  sell(request: OrderRequest = noRequest): void {
    this.#place(-1, request);
  }

  closePosition(portion = 1): void {
    this.#listener?.(this.index, 'close', [portion]);
    const { open } = this.account;
    for (const trade of open) this.#queueClose(trade, portion);
  }

  cancelPending(): void {
    this.#listener?.(this.index, 'cancel', []);
    this.#queue.cancelPending();
  }

  setStopLoss(trade: Readonly<OpenTrade>, price: number): void {
    this.#listener?.(this.index, 'stop', [price]);
    if (!(price > 0 && price < Infinity)) this.matchingEngine.reject('invalid_price');
    else if (price !== trade.stopLoss) this.matchingEngine.setStopLoss(trade, price, false);
  }

  #place(side: Side, request: OrderRequest): void {
    const order = new Order(
      'entry',
      side,
      request.size ?? null,
      request.limit ?? NaN,
      request.stop ?? NaN,
      request.stopLoss ?? NaN,
      request.takeProfit ?? NaN,
      request.trailingStop ?? NaN,
      null,
    );
    this.#listener?.(this.index, side > 0 ? 'buy' : 'sell', figuresOf(order));
    const reason = this.#refusal(order);
    if (reason !== null) {
      this.matchingEngine.reject(reason);
      return;
    }
    if (request.exclusive ?? this.#config.exclusiveOrders) {
      this.#queue.cancelPending();
      const { open } = this.account;
      for (const trade of open) this.#queueClose(trade, 1);
    }
    this.#queue.addLast(order);
  }

  /** Why the order cannot be taken at all; null when it can. A comparison with NaN ("none") is false. */
  #refusal(order: Order): RejectReason | null {
    const { limit, stop, stopLoss, takeProfit, trailingStop, side, size } = order;
    if (limit <= 0 || stop <= 0 || stopLoss <= 0 || takeProfit <= 0) return 'invalid_price';
    if (trailingStop <= 0 || trailingStop >= 1) return 'invalid_price';
    if (size !== null && !isValidSize(size)) return 'invalid_size';
    const market = this.close * (1 + side * this.#config.spread);
    const reference = !Number.isNaN(limit) ? limit : !Number.isNaN(stop) ? stop : market;
    const isInverted =
      side > 0
        ? stopLoss >= reference || takeProfit <= reference
        : stopLoss <= reference || takeProfit >= reference;
    if (!isInverted) return null;
    if (this.#rules.invalidBracket === 'reject') return 'invalid_bracket';
    throw new BacktestInputError(
      'INVALID_BRACKET',
      `Bar ${this.index}: stop loss ${stopLoss} and take profit ${takeProfit} do not enclose ${reference}`,
    );
  }

  #queueClose(trade: OpenTrade, portion: number): void {
    const order = new Order('close', trade.isLong ? -1 : 1, null, NaN, NaN, NaN, NaN, NaN, trade);
    if (portion < 1) {
      const { lotStep } = this.#config;
      const lots = Math.max(1, roundHalfEven((Math.abs(trade.size) * portion) / lotStep));
      order.units = floorToLot((lots + 0.5) * lotStep, lotStep);
    }
    this.#queue.addFirst(order);
  }

  #endInRuin(i: number, equity: Float64Array): void {
    this.bankruptAtBar = i;
    this.matchingEngine.closeAll(i, this.#candles.close[i]!, 'margin_call');
    // A debt stays a debt: only the compatible rules call it zero.
    this.equity = this.#rules.marginCall === 'ruin' ? 0 : this.account.cash;
    equity.fill(this.equity, i);
  }
}

function figuresOf(order: Order): number[] {
  const { size, limit, stop, stopLoss, takeProfit, trailingStop } = order;
  return [
    size?.units ?? NaN,
    size?.fraction ?? NaN,
    size?.risk ?? NaN,
    limit,
    stop,
    stopLoss,
    takeProfit,
    trailingStop,
  ];
}
