/**
 * The limit: SMA(10, 20) reversal with equity, drawdown and statistics in one tight loop over typed
 * arrays, written by hand for this strategy alone. It checks no input, keeps no orders and lists no trades.
 */
export function runLimit({ time, open, close }, capital, commission) {
  const n = close.length;
  const equity = new Float64Array(n);
  const drawdown = new Float64Array(n);
  let fastSum = 0;
  let slowSum = 0;
  let fastBefore = NaN;
  let slowBefore = NaN;
  let target = 0;
  let units = 0;
  let entry = 0;
  let fees = 0;
  let cash = capital;
  let peak = capital;
  let maxDrawdown = 0;
  let trades = 0;
  let wins = 0;
  let won = 0;
  let lost = 0;
  let nextDay = -Infinity;
  let value = capital;
  let dayBefore = NaN;
  let days = 0;
  let sum = 0;
  let squares = 0;
  let downside = 0;
  for (let i = 0; i < n; i++) {
    const price = close[i];
    if (target !== 0) {
      const at = open[i];
      if (units !== 0) {
        const fee = Math.abs(units) * at * commission;
        const profit = units * (at - entry) - fee - fees;
        cash += units * (at - entry) - fee;
        trades++;
        if (profit > 0) {
          wins++;
          won += profit;
        } else lost -= profit;
      }
      units = (target * Math.floor((cash / (at * (1 + commission))) * 1e8)) / 1e8;
      entry = at;
      fees = Math.abs(units) * at * commission;
      cash -= fees;
      target = 0;
    }
    if (time[i] >= nextDay) {
      nextDay = (Math.floor(time[i] / 86_400_000) + 1) * 86_400_000;
      const change = value / dayBefore - 1;
      if (change === change) {
        days++;
        sum += change;
        squares += change * change;
        if (change < 0) downside += change * change;
      }
      dayBefore = i === 0 ? NaN : value;
    }
    value = cash + units * (price - entry);
    equity[i] = value;
    if (value > peak) peak = value;
    const depth = 1 - value / peak;
    drawdown[i] = depth;
    if (depth > maxDrawdown) maxDrawdown = depth;
    fastSum += price;
    slowSum += price;
    if (i >= 10) fastSum -= close[i - 10];
    if (i >= 20) slowSum -= close[i - 20];
    if (i < 19) continue;
    const fast = fastSum / 10;
    const slow = slowSum / 20;
    if (fastBefore <= slowBefore && fast > slow) target = 1;
    else if (slowBefore <= fastBefore && slow > fast) target = -1;
    fastBefore = fast;
    slowBefore = slow;
  }
  if (units !== 0) {
    const fee = Math.abs(units) * close[n - 1] * commission;
    const profit = units * (close[n - 1] - entry) - fee - fees;
    trades++;
    if (profit > 0) {
      wins++;
      won += profit;
    } else lost -= profit;
    value -= fee;
    equity[n - 1] = value;
  }
  const last = value / dayBefore - 1;
  days++;
  sum += last;
  squares += last * last;
  if (last < 0) downside += last * last;
  const mean = sum / days;
  return {
    equity,
    drawdown,
    finalEquity: value,
    maxDrawdown,
    sharpeRatio: (mean / Math.sqrt((squares - days * mean * mean) / (days - 1))) * Math.sqrt(365),
    sortinoRatio: (mean / Math.sqrt(downside / days)) * Math.sqrt(365),
    tradeCount: trades,
    winRate: wins / trades,
    profitFactor: won / lost,
  };
}
