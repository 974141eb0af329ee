/** Rows `[from, to)`. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface Fold {
  readonly train: Span;
  readonly test: Span;
  /** `last`: the untouched period, on which nothing was chosen. */
  readonly role: 'development' | 'last';
}

/** Shares of the labelled rows at which the test blocks begin; the last begins the untouched period. */
const BLOCK_STARTS = [0.45, 0.57, 0.69, 0.8] as const;

/**
 * Rows between the end of a training part and the start of what it is tested on.
 *
 * A label spans `horizon` bars, so the last `horizon` training rows would know prices of the test
 * part (purging); as many again keep serial dependence out (embargo; López de Prado 2018, 7.4).
 */
export function embargoRows(horizon: number): number {
  return 2 * horizon;
}

/** Expanding walk-forward folds over `rows` labelled rows, oldest test block first. */
export function walkForwardFolds(rows: number, horizon: number): Fold[] {
  const starts = BLOCK_STARTS.map((share) => Math.floor(share * rows));
  return starts.map((from, index) => ({
    train: { from: 0, to: from - embargoRows(horizon) },
    test: { from, to: starts[index + 1] ?? rows },
    role: index === starts.length - 1 ? 'last' : 'development',
  }));
}

/** Share of a training part, its newest rows, that decides when to stop. */
const VALIDATION_SHARE = 0.2;

/** A training part as the rows to fit on and, a gap later, the rows to validate on. */
export function holdOutValidation(train: Span, horizon: number): { fit: Span; validation: Span } {
  const from = train.to - Math.floor(VALIDATION_SHARE * (train.to - train.from));
  return {
    fit: { from: train.from, to: from - embargoRows(horizon) },
    validation: { from, to: train.to },
  };
}

const PARTS = 4;

/**
 * A training part as stretches that are held out in turn, with the rows to fit on meanwhile: all
 * others but a gap on either side (purged cross-validation; López de Prado 2018, 7.4).
 */
export function crossValidationParts(train: Span, horizon: number): { fit: Span[]; held: Span }[] {
  const border = (part: number): number => train.from + Math.floor((part * (train.to - train.from)) / PARTS);
  return Array.from({ length: PARTS }, (_, part) => {
    const held = { from: border(part), to: border(part + 1) };
    const around = [
      { from: train.from, to: held.from - embargoRows(horizon) },
      { from: held.to + embargoRows(horizon), to: train.to },
    ];
    return { held, fit: around.filter(({ from, to }) => from < to) };
  });
}
