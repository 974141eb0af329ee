import {
  bollinger,
  highest,
  lowest,
  rsi,
  sma,
  type Bar,
  type Candles,
  type OrderRequest,
  type RunnableStrategy,
  type Strategy,
  type StrategyInputs,
} from '@app/backtest';

type Params = Readonly<Record<string, number>>;
type Indicators = readonly Float64Array[];
type Make = (param: (name: string) => number) => Strategy;

/** Strictly below, then strictly above: a touch on the way is not a cross. */
function crossUp(a: Float64Array, b: Float64Array, i: number): boolean {
  return a[i - 1]! < b[i - 1]! && a[i]! > b[i]!;
}

/** A strategy of indicators computed at once and a rule for each bar. */
function strategy<const Series extends Indicators>(
  compute: (candles: Candles, inputs: StrategyInputs) => { indicators: Series; declared?: Indicators },
  next: (bar: Bar, ...indicators: Readonly<Series>) => void,
): Strategy {
  let computed: Series;
  return {
    init(candles, inputs) {
      const { indicators, declared } = compute(candles, inputs);
      computed = indicators;
      return declared ?? indicators;
    },
    next: (bar) => next(bar, ...computed),
  };
}

/** Acts when the fast average crosses the slow one. */
function crossing(
  param: (name: string) => number,
  up: (bar: Bar) => void,
  down: (bar: Bar) => void,
  always: (bar: Bar) => void = () => undefined,
): Strategy {
  return strategy(
    ({ close }) => ({ indicators: [sma(close, param('fast')), sma(close, param('slow'))] as const }),
    (bar, fast, slow) => {
      always(bar);
      if (crossUp(fast, slow, bar.index)) up(bar);
      else if (crossUp(slow, fast, bar.index)) down(bar);
    },
  );
}

const buyIfFlat = (bar: Bar): void => {
  if (bar.position === 0) bar.buy();
};

const makers: Readonly<Record<string, Make>> = {
  SmaCross: (param) =>
    crossing(
      param,
      (bar) => bar.buy(),
      (bar) => bar.sell(),
    ),

  SmaCrossLong: (param) => crossing(param, buyIfFlat, (bar) => bar.closePosition()),

  SmaBracket: (param) => {
    const bracket = (side: 1 | -1, close: number): OrderRequest => ({
      stopLoss: close * (1 - side * param('sl')),
      takeProfit: close * (1 + side * param('tp')),
    });
    return crossing(
      param,
      (bar) => bar.buy(bracket(1, bar.close)),
      (bar) => bar.sell(bracket(-1, bar.close)),
    );
  },

  FixedUnits: (param) =>
    crossing(
      param,
      (bar) => bar.buy({ size: { units: param('units') } }),
      (bar) => bar.sell({ size: { units: param('units') } }),
    ),

  TrailStop: (param) =>
    crossing(
      param,
      buyIfFlat,
      () => undefined,
      (bar) => {
        const level = bar.close * (1 - param('x'));
        for (const trade of bar.openTrades) {
          bar.setStopLoss(trade, trade.stopLoss > level ? trade.stopLoss : level);
        }
      },
    ),

  RsiReversion: (param) =>
    strategy(
      ({ close }) => ({ indicators: [rsi(close, param('n'))] as const }),
      (bar, values) => {
        const value = values[bar.index]!;
        if (bar.position === 0 && value < param('lo')) bar.buy();
        else if (bar.position !== 0 && value > param('hi')) bar.closePosition();
      },
    ),

  BollReversion: (param) =>
    strategy(
      ({ close }) => {
        const { middle, upper, lower } = bollinger(close, param('n'), param('k'));
        return { indicators: [middle, upper, lower] as const };
      },
      (bar, middle, upper, lower) => {
        const { index: i, close, position } = bar;
        if (position === 0) {
          if (close < lower[i]!) bar.buy();
          else if (close > upper[i]!) bar.sell();
        } else if (position > 0 ? close >= middle[i]! : close <= middle[i]!) bar.closePosition();
      },
    ),

  BuyHold: () => {
    let hasBought = false;
    return strategy(
      () => ({ indicators: [] as const }),
      (bar) => {
        if (!hasBought) bar.buy();
        hasBought = true;
      },
    );
  },

  DonchianStop: (param) =>
    strategy(
      ({ high, low }) => ({ indicators: [highest(high, param('n')), lowest(low, param('n'))] as const }),
      (bar, top, bottom) => {
        if (bar.position !== 0) return;
        bar.cancelPending();
        const stop = top[bar.index]!;
        const stopLoss = bottom[bar.index]!;
        if (stop > stopLoss) bar.buy({ stop, stopLoss });
      },
    ),

  LimitDip: (param) => {
    let waited = 0;
    return strategy(
      () => ({ indicators: [] as const }),
      (bar) => {
        if (bar.position !== 0) {
          waited = 0;
          return;
        }
        if (bar.pendingOrders > 0) {
          waited++;
          if (waited < param('hold')) return;
          bar.cancelPending();
        }
        waited = 0;
        const limit = bar.close * (1 - param('pct'));
        bar.buy({ limit, stopLoss: limit * (1 - param('sl')), takeProfit: limit * (1 + param('tp')) });
      },
    );
  },

  Pyramid: (param) =>
    strategy(
      () => ({ indicators: [] as const }),
      (bar) => {
        if (bar.index % param('close_every') === 0) bar.closePosition(0.5);
        else if (bar.index % param('every') === 0) bar.buy({ size: { fraction: param('size') } });
      },
    ),

  Signal: () => {
    let last = 0;
    return strategy(
      (_, { signals }) => ({ indicators: [signals!] as const, declared: [] }),
      (bar, targets) => {
        const target = targets[bar.index]!;
        if (target === last) return;
        last = target;
        if (target > 0) bar.buy();
        else if (target < 0) bar.sell();
        else bar.closePosition();
      },
    );
  },

  ProbLong: (param) =>
    strategy(
      (_, { signals }) => ({ indicators: [signals!] as const, declared: [] }),
      (bar, probabilities) => {
        const probability = probabilities[bar.index]!;
        if (bar.position === 0 && probability > param('hi')) bar.buy();
        else if (bar.position !== 0 && probability < param('lo')) bar.closePosition();
      },
    ),
};

/** One of the thirteen strategies of the reference results, by its name there. */
export function oracleStrategy(name: string): RunnableStrategy {
  const make = makers[name];
  if (make === undefined) throw new Error(`There is no reference strategy ${name}`);
  return {
    name,
    requiresSignals: name === 'Signal' || name === 'ProbLong',
    create: (params) =>
      make((param) => {
        const value = (params as Params)[param];
        if (value === undefined) throw new Error(`${name} needs the param ${param}`);
        return value;
      }),
  };
}

/** The file of signals that a case reads, without its folder; null when it reads none. */
export function signalFile(name: string, params: Params): string | null {
  if (name === 'Signal') return `target_${params.seed!}.json`;
  return name === 'ProbLong' ? `prob_${params.seed!}.json` : null;
}
