import type { StrategyDefinition } from '../strategy.js';
import { BollingerBands } from './bollinger-bands.js';
import { BuyAndHold } from './buy-and-hold.js';
import { DonchianBreakout } from './donchian-breakout.js';
import { MacdTrend } from './macd-trend.js';
import { MLPredictive } from './ml-predictive.js';
import { RsiReversion } from './rsi-reversion.js';
import { SignalReplay } from './signal-replay.js';
import { SmaCross } from './sma-cross.js';

/** Every strategy on offer, by name; a new one is a file in this folder and a line here. */
export const strategies: ReadonlyMap<string, StrategyDefinition> = new Map(
  [
    MLPredictive,
    SmaCross,
    RsiReversion,
    BollingerBands,
    MacdTrend,
    DonchianBreakout,
    BuyAndHold,
    SignalReplay,
  ].map((definition) => [definition.name, definition]),
);
