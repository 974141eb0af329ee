/** A download that cannot go on; `code` is stable and becomes the task's `error.code`. */
export class DownloadError extends Error {
  override readonly name = 'DownloadError';

  constructor(
    readonly code:
      | 'UNKNOWN_EXCHANGE'
      | 'UNKNOWN_SYMBOL'
      | 'TIMEFRAME_UNSUPPORTED'
      | 'START_NEEDED'
      | 'EXCHANGE_REFUSED'
      | 'EXCHANGE_UNAVAILABLE',
    message: string,
    options?: ErrorOptions & {
      /** The same question may well be answered later. */
      readonly isTemporary?: boolean;
      /** How long the exchange asks to be left alone. */
      readonly retryAfterMs?: number | null;
    },
  ) {
    super(message, options);
    this.isTemporary = options?.isTemporary ?? false;
    this.retryAfterMs = options?.retryAfterMs ?? null;
  }

  readonly isTemporary: boolean;
  readonly retryAfterMs: number | null;
}
