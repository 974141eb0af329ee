import type { Account } from './account.js';
import type { Config } from './config.js';
import type { Order, OrderSize } from './order.js';
import type { Rules } from './rules.js';

/** Rounds down to a whole number of lots; lots finer than one unit stay exact decimals. */
export function floorToLot(units: number, lotStep: number): number {
  if (!(units > 0)) return 0;
  if (lotStep >= 1) return Math.floor(units / lotStep) * lotStep;
  const lotsPerUnit = Math.round(1 / lotStep);
  return Math.floor(units * lotsPerUnit) / lotsPerUnit;
}

/** Rounds half to even, so that halving an odd number of lots has no drift. */
export function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

/** Whether a size is a positive number, and a share no more than the whole. */
export function isValidSize(size: OrderSize): boolean {
  if (size.units !== undefined) return size.units > 0 && size.units < Infinity;
  if (size.fraction !== undefined) return size.fraction > 0 && size.fraction <= 1;
  return size.risk > 0 && size.risk < 1;
}

function amountOf(size: OrderSize): number {
  return size.units ?? size.fraction ?? size.risk ?? NaN;
}

/**
 * What one unit costs to enter: its price and its commission, in the quote currency.
 *
 * `entryPrice` is the price paid, `price` the one before the spread. Under `per_unit` the fixed fee is
 * divided by the order's own size, which for a fraction is a number near 1.
 */
export function unitCost(
  order: Order,
  entryPrice: number,
  price: number,
  config: Config,
  rules: Rules,
): number {
  if (rules.fixedFeeOfFraction === 'once') return entryPrice * (1 + config.commissionRelative);
  const size = amountOf(order.size ?? config.sizing);
  return entryPrice + (config.commissionFixed + size * price * config.commissionRelative) / size;
}

/**
 * Units that the order asks for when it fills at `entryPrice`, in whole lots.
 *
 * A fraction: equity · leverage · fraction, less the fixed fee, over the unit cost. Risk: equity · risk
 * over the distance to the stop loss; NaN when there is none.
 */
export function requestedUnits(
  order: Order,
  entryPrice: number,
  cost: number,
  mark: number,
  account: Pick<Account, 'equityAt' | 'freeMarginAt'>,
  config: Config,
  rules: Rules,
): number {
  const size = order.size ?? config.sizing;
  if (size.units !== undefined) return floorToLot(size.units, config.lotStep);
  if (size.risk !== undefined) {
    const distance = Math.abs(entryPrice - order.stopLoss);
    return distance > 0 ? floorToLot((account.equityAt(mark) * size.risk) / distance, config.lotStep) : NaN;
  }
  const base = rules.fractionOf === 'equity' ? account.equityAt(mark) : account.freeMarginAt(mark);
  const budget = base * config.leverage * size.fraction - fixedFee(config, rules);
  return floorToLot(budget / cost, config.lotStep);
}

/** The part of the commission that does not grow with the size, where it is not in the unit cost. */
export function fixedFee(config: Config, rules: Rules): number {
  return rules.fixedFeeOfFraction === 'once' ? config.commissionFixed : 0;
}
