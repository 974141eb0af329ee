import { sliceCandles } from './candles.js';
import { checkCandles, type CandleFindings } from './check-candles.js';
import { engineVersion } from './engine-version.js';
import { BacktestInputError } from './errors.js';
import type { Account } from './engine/account.js';
import { followTargets } from './engine/follow-targets.js';
import { SinglePositionAccount } from './engine/single-position-account.js';
import type { RejectReason, OpenTrade } from './engine/order.js';
import type { Trade } from './engine/trade-log.js';
import { configOf, type BacktestRequest } from './request.js';
import { checkRange, simulate } from './simulate.js';
import { drawdownsOf } from './statistics/drawdowns.js';
import { monthlyReturns, type MonthlyReturn } from './statistics/monthly.js';
import { performanceOf, type Performance } from './statistics/performance.js';
import { calendarOf, dayEnds } from './statistics/periods.js';

/** What happened beside the trades. */
export interface Counters {
  readonly rejectedOrders: Readonly<Partial<Record<RejectReason, number>>>;
  /** Bars on which stop and target could both have filled first, so the worse was taken. */
  readonly ambiguousBars: number;
  readonly marginCalls: number;
}

/**
 * A finished backtest. The series run from the first tradable bar on and share one index with `time`;
 * the bars of the trades are indexes into them.
 */
export interface BacktestResult {
  readonly engineVersion: string;
  readonly seed: number;
  readonly time: Float64Array;
  /** At each close, in the quote currency. */
  readonly equity: Float64Array;
  /** Distance below the highest equity so far, as a fraction of it. */
  readonly drawdown: Float64Array;
  /** What the capital would be worth if it had followed the price from the first close on, without costs. */
  readonly benchmark: Float64Array;
  /** Closed trades in the order of their exits. */
  readonly trades: readonly Trade[];
  /** Trades that the end left open (only without `finalise`). */
  readonly openTrades: readonly Pick<OpenTrade, 'size' | 'entryBar' | 'entryPrice'>[];
  readonly monthlyReturns: readonly MonthlyReturn[];
  readonly performance: Performance;
  readonly counters: Counters;
  readonly warnings: readonly string[];
}

/**
 * Runs one backtest from start to end.
 *
 * Pure: the same request gives the same result, bit for bit. Throws `BacktestInputError` for candles,
 * params or options that cannot be traded on.
 */
export function runBacktest(request: BacktestRequest): BacktestResult {
  const { simulation, equity, from, warmUpBar, findings } = simulate(request);
  const { account, matchingEngine, bankruptAtBar } = simulation;
  return resultOf(request, {
    account,
    equity,
    from,
    warmUpBar,
    findings,
    bankruptAtBar,
    events: matchingEngine,
  });
}

/** What a run along targets takes: the terms of trade of a backtest, without strategy and orders. */
export type TargetRequest = Omit<
  BacktestRequest,
  | 'strategy'
  | 'params'
  | 'signals'
  | 'expectedReturns'
  | 'tradeOnClose'
  | 'hedging'
  | 'exclusiveOrders'
  | 'compat'
  | 'onProgress'
> & {
  /** 1, -1 or 0 for each bar, known at its close and traded at the next open; NaN: as before. */
  readonly targets: Float64Array | Int8Array;
};

/**
 * Runs target positions computed for all bars at once: the same result as `SignalReplay` without a
 * bracket, bit for bit, several times as fast. Errors are those of `runBacktest`.
 */
export function runTargets(request: TargetRequest): BacktestResult {
  const { candles, targets, warmupFrom: from = 0 } = request;
  const n = candles.time.length;
  const config = configOf(request);
  const findings = checkCandles(candles);
  checkRange(from, n);
  if (targets.length !== n) {
    throw new BacktestInputError('SIGNALS_MISMATCH', `${targets.length} targets for ${n} bars`);
  }
  const account = new SinglePositionAccount(config, changesOf(targets));
  const equity = new Float64Array(n).fill(config.initialCapital, 0, from);
  const { bankruptAtBar, rejected, marginCalls } = followTargets(
    candles,
    targets,
    from,
    config,
    account,
    equity,
  );
  const events = { rejected, marginCalls, ambiguousBars: 0 };
  return resultOf(request, { account, equity, from, warmUpBar: 0, findings, bankruptAtBar, events });
}

/** How often the target changes: about as many trades will there be. */
function changesOf(targets: Float64Array | Int8Array): number {
  let changes = 1;
  let last = 0;
  for (const target of targets) {
    if (target === last || Number.isNaN(target)) continue;
    last = target;
    changes++;
  }
  return changes;
}

/** A run as its loop left it. */
interface Finished {
  readonly account: Pick<Account, 'closed'> & Pick<SinglePositionAccount, 'open'>;
  readonly equity: Float64Array;
  readonly from: number;
  readonly warmUpBar: number;
  readonly findings: CandleFindings;
  readonly bankruptAtBar: number;
  readonly events: {
    readonly rejected: ReadonlyMap<RejectReason, number>;
    readonly ambiguousBars: number;
    readonly marginCalls: number;
  };
}

function resultOf(
  request: Pick<BacktestRequest, 'candles' | 'initialCapital' | 'seed' | 'periodsPerYear'>,
  finished: Finished,
): BacktestResult {
  const { from, account, events } = finished;
  const n = request.candles.time.length;
  const candles = sliceCandles(request.candles, from, n);
  const equity = finished.equity.subarray(from);
  const drawdowns = drawdownsOf(equity, candles.time);
  const days = dayEnds(candles.time);
  const scale = request.initialCapital / candles.close[0]!;
  const { closed, open } = account;
  if (from > 0) closed.shiftBars(-from);
  const openTrades = open.map(({ size, entryBar, entryPrice }) => ({
    size,
    entryBar: entryBar - from,
    entryPrice,
  }));
  // Many runs of a sweep never ask for these two.
  let trades: Trade[] | undefined;
  let benchmark: Float64Array | undefined;
  const calendar = calendarOf(candles.time, days, request.periodsPerYear);
  const { initialCapital } = request;
  return {
    engineVersion,
    seed: request.seed ?? 0,
    time: candles.time,
    equity,
    drawdown: drawdowns.curve,
    get benchmark() {
      benchmark ??= candles.close.map((price) => price * scale);
      return benchmark;
    },
    get trades() {
      trades ??= closed.toArray();
      return trades;
    },
    openTrades,
    monthlyReturns: monthlyReturns(candles.time, days, equity, initialCapital),
    performance: performanceOf(
      {
        candles,
        equity,
        drawdowns: drawdowns.summary,
        days,
        trades: closed,
        openFrom: openTrades.map((trade) => trade.entryBar),
        initialCapital,
      },
      calendar,
    ),
    counters: {
      rejectedOrders: Object.fromEntries(events.rejected),
      ambiguousBars: events.ambiguousBars,
      marginCalls: events.marginCalls,
    },
    warnings: warningsOf(finished),
  };
}

function warningsOf({ account, findings, warmUpBar, from, bankruptAtBar, events }: Finished): string[] {
  const warnings: string[] = [];
  const say = (count: number, text: string): void => {
    if (count > 0) warnings.push(`${count} ${text}`);
  };
  say(findings.outsideRange, 'bars have an open or close outside their high and low');
  say(findings.oddVolume, 'bars have a volume that is negative or not a number');
  say(warmUpBar - from, 'bars at the start went into warming the indicators');
  for (const [reason, count] of events.rejected) say(count, `orders were rejected: ${reason}`);
  say(events.ambiguousBars, 'bars left the order of stop and target open; the worse was taken');
  say(events.marginCalls, 'margin calls closed every position');
  say(account.open.length, 'trades were still open at the end and are not in the trade statistics');
  if (bankruptAtBar >= 0) warnings.push('The equity was gone before the end; nothing was traded after that');
  if (account.closed.length + account.open.length === 0) warnings.push('The strategy never traded');
  return warnings;
}
