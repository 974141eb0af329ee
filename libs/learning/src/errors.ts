/** Every way learning refuses its input; stable words that a client may switch on. */
export type LearningErrorCode =
  | 'INVALID_CANDLES'
  | 'INVALID_PARAMS'
  | 'TOO_FEW_ROWS'
  | 'ONE_CLASS_ONLY'
  | 'CONSTANT_FEATURES'
  | 'DATA_GAPS'
  | 'MODEL_MALFORMED'
  | 'MODEL_CHECKSUM'
  | 'MODEL_VERSION'
  | 'MODEL_MISMATCH'
  | 'CANCELLED';

/** A refusal with a stable `code`; the message names what was needed and what was found. */
export class LearningError extends Error {
  override readonly name = 'LearningError';

  constructor(
    readonly code: LearningErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
