/** An input that cannot be imported as it is; `code` is stable and becomes the task's `error.code`. */
export class ImportError extends Error {
  override readonly name = 'ImportError';

  constructor(
    readonly code:
      | 'NOT_A_TABLE'
      | 'ENCODING_UNSUPPORTED'
      | 'ARCHIVE_UNSUPPORTED'
      | 'IMPORT_TOO_LARGE'
      | 'COLUMNS_UNKNOWN'
      | 'TIME_FORMAT_UNKNOWN'
      | 'TIME_ZONE_UNKNOWN'
      | 'TIMEFRAME_UNKNOWN'
      | 'PARQUET_BROKEN'
      | 'NO_ROWS'
      | 'ROWS_REFUSED'
      | 'UPLOAD_GONE',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
