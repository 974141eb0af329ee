/** Rows `[from, to)`. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface Fold {
  readonly train: Span;
  readonly test: Span;
  /** `calibration`: scored only so that later folds can be calibrated; `last`: the untouched period. */
  readonly role: 'calibration' | 'development' | 'last';
}

/** Shares of the labelled rows at which the test blocks begin; the last begins the untouched period. */
const BLOCK_STARTS = [0.25, 0.35, 0.45, 0.57, 0.69, 0.8] as const;
const CALIBRATION_BLOCKS = 2;

/**
 * Rows between the end of a training part and the start of what it is tested on.
 *
 * A label spans `horizon` bars, so the last `horizon` training rows would know prices of the test
 * part (purging); as many again keep serial dependence out (embargo; López de Prado 2018, 7.4).
 */
export function gapRows(horizon: number): number {
  return 2 * horizon;
}

/** Expanding walk-forward folds over `rows` labelled rows, oldest test block first. */
export function walkForwardFolds(rows: number, horizon: number): Fold[] {
  const starts = BLOCK_STARTS.map((share) => Math.floor(share * rows));
  return starts.map((from, index) => ({
    train: { from: 0, to: from - gapRows(horizon) },
    test: { from, to: starts[index + 1] ?? rows },
    role: index < CALIBRATION_BLOCKS ? 'calibration' : index === starts.length - 1 ? 'last' : 'development',
  }));
}

/** Share of a training part, its newest rows, that decides when to stop and which penalty fits. */
const VALIDATION_SHARE = 0.2;

/** A training part as the rows to fit on and, a gap later, the rows to validate on. */
export function holdOutValidation(train: Span, horizon: number): { fit: Span; validation: Span } {
  const from = train.to - Math.floor(VALIDATION_SHARE * (train.to - train.from));
  return {
    fit: { from: train.from, to: from - gapRows(horizon) },
    validation: { from, to: train.to },
  };
}
