import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  atr,
  bollinger,
  ema,
  macd,
  onBalanceVolume,
  parseCsv,
  rateOfChange,
  realisedVolatility,
  rsi,
  seededEma,
  sma,
  stochasticK,
  type Candles,
} from '@app/backtest';
import { describe, expect, it } from '@jest/globals';

const none = new Float64Array();
const noCandles: Candles = { time: none, open: none, high: none, low: none, close: none, volume: none };
const shared = fileURLToPath(new URL('../../shared/', import.meta.url));
const reference = `${shared}oracles/indicators/GOOG.json`;

// Values of other libraries on real prices; not part of the repository.
(existsSync(reference) ? describe : describe.skip)('against published implementations', () => {
  const goog = existsSync(reference)
    ? parseCsv(readFileSync(`${shared}market-data/GOOG.csv`, 'utf8')).candles
    : noCandles;
  const expected = existsSync(reference)
    ? (JSON.parse(readFileSync(reference, 'utf8')) as Record<string, (number | null)[]>)
    : {};
  const bands = bollinger(goog.close, 20, 2);
  const trend = macd(goog.close, 12, 26, 9);
  it.each([
    ['sma20', sma(goog.close, 20)],
    ['ema20_seedFirst', ema(goog.close, 20)],
    ['ema20_seedSma', seededEma(goog.close, 20)],
    ['rsi14_wilder', rsi(goog.close, 14)],
    ['bb20_upper', bands.upper],
    ['bb20_lower', bands.lower],
    ['macd_12_26_seedFirst', trend.line],
    ['macd_signal9', trend.signal],
    ['atr14_wilder', atr(goog, 14)],
    ['stochK14', stochasticK(goog, 14)],
    ['roc10', rateOfChange(goog.close, 10)],
    ['obv', onBalanceVolume(goog)],
    ['realizedVol24_ddof1', realisedVolatility(goog.close, 24)],
  ])('%s agrees on every bar', (name, values) => {
    let worst = 0;
    expected[name]!.forEach((value, i) => {
      if (value === null) expect(values[i]).toBeNaN();
      else worst = Math.max(worst, Math.abs(values[i]! - value) / Math.max(1, Math.abs(value)));
    });
    expect(worst).toBeLessThan(1e-10);
  });
});
