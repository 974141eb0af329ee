/** Every way a backtest refuses its input; stable words that a client may switch on. */
export type BacktestInputErrorCode =
  | 'EMPTY_RANGE'
  | 'LENGTH_MISMATCH'
  | 'UNSORTED_TIME'
  | 'DUPLICATE_TIME'
  | 'NOT_FINITE'
  | 'NON_POSITIVE_PRICE'
  | 'HIGH_BELOW_LOW'
  | 'MALFORMED_CSV'
  | 'RANGE_SHORTER_THAN_WARM_UP'
  | 'UNKNOWN_STRATEGY'
  | 'INVALID_PARAMS'
  | 'INVALID_OPTION'
  | 'SIGNALS_REQUIRED'
  | 'SIGNALS_MISMATCH'
  | 'INVALID_BRACKET'
  | 'INVALID_SPACE';

/** A refusal with a stable `code`; the message names what was needed and what was found. */
export class BacktestInputError extends Error {
  override readonly name = 'BacktestInputError';

  constructor(
    readonly code: BacktestInputErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
