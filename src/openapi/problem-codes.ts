/** A stable word for programs: the status it comes with and when it comes. */
interface ProblemKind {
  readonly status: number;
  readonly when: string;
}

/** Every `code` that a problem of this server can carry. */
export const problemCodes = {
  MALFORMED_JSON: { status: 400, when: 'the body is not valid JSON' },
  MALFORMED_REQUEST: { status: 400, when: 'what came is not HTTP' },
  MALFORMED_URL: { status: 400, when: 'the address holds a NUL or a broken percent sequence' },
  BODY_INCOMPLETE: { status: 400, when: 'the body ended before its announced length' },
  BODY_TOO_DEEP: { status: 400, when: 'the body is nested deeper than 32 levels' },
  QUERY_INVALID: { status: 400, when: 'a query parameter is unknown or has a bad value' },
  DUPLICATE_QUERY_KEY: { status: 400, when: 'a query key comes twice' },
  CURSOR_INVALID: { status: 400, when: 'the cursor is not one that a previous page gave' },
  IDEMPOTENCY_KEY_INVALID: { status: 400, when: 'the Idempotency-Key is not 1 to 128 printable characters' },
  UNAUTHORIZED: { status: 401, when: 'there is no valid access token' },
  INVALID_CREDENTIALS: { status: 401, when: 'the username or the password is wrong' },
  INVALID_REFRESH_TOKEN: { status: 401, when: 'the refresh token is unknown, spent or expired' },
  FORBIDDEN: { status: 403, when: 'the role is too low' },
  PRIORITY_TOO_HIGH: { status: 403, when: 'a user may only lower a priority, to 0 or below' },
  NOT_FOUND: { status: 404, when: 'there is no such thing, or it is not yours' },
  WORKER_ONLY: { status: 404, when: 'this node runs tasks and answers only to probes and metrics' },
  REQUEST_TIMEOUT: { status: 408, when: 'the request did not arrive within its time' },
  LAST_ADMIN: { status: 409, when: 'it would leave no enabled admin' },
  USERNAME_TAKEN: { status: 409, when: 'there is a user of that name, whatever the letters’ case' },
  TASK_FINISHED: { status: 409, when: 'the task has ended' },
  TASK_NOT_CANCELLABLE: { status: 409, when: 'the task runs inside the server and cannot be stopped' },
  TASK_NOT_RETRYABLE: { status: 409, when: 'only failed and cancelled tasks can be retried' },
  TASK_NOT_QUEUED: { status: 409, when: 'only a queued task has a priority' },
  TASK_CHANGING: { status: 409, when: 'the task changes too fast at the moment; try again' },
  BACKTEST_NOT_COMPLETED: { status: 409, when: 'there are no trades before the backtest has completed' },
  BACKTEST_NOT_FINISHED: {
    status: 409,
    when: 'a waiting or running backtest is cancelled before it is deleted',
  },
  OPTIMIZATION_HAS_NO_TRADES: {
    status: 409,
    when: 'a sweep keeps figures alone; run one of its points for its trades',
  },
  MODEL_IN_USE: { status: 409, when: 'a queued or running task needs the model' },
  STORAGE_FULL: { status: 409, when: 'your stored results have reached their number or size; delete some' },
  BODY_TOO_LARGE: { status: 413, when: 'the body is larger than the route takes' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, when: 'the body is not of a type or encoding that the route takes' },
  VALIDATION_FAILED: { status: 422, when: 'a field of the body is wrong, missing or unknown' },
  IDEMPOTENCY_KEY_REUSED: { status: 422, when: 'the Idempotency-Key came with another request before' },
  UNKNOWN_STRATEGY: { status: 422, when: 'there is no such strategy' },
  INVALID_PARAMS: { status: 422, when: 'params are not as the params_schema says' },
  NO_MARKET_DATA: { status: 422, when: 'there are no such candles' },
  TOO_LITTLE_HISTORY: { status: 422, when: 'too few candles lie before start_date to train on' },
  TOO_FEW_ROWS: { status: 422, when: 'the span holds too few candles to train on' },
  INVALID_SPACE: {
    status: 422,
    when: 'the space names no parameter of the strategy, or no point of it can be run',
  },
  TOO_MANY_RUNS: { status: 422, when: 'the space, or all walk-forward windows together, hold too many runs' },
  WALK_FORWARD_TOO_LONG: { status: 422, when: 'the span does not hold one walk-forward window' },
  DEPENDENCY_FAILED: { status: 422, when: 'a task that this one would run after has failed' },
  UNKNOWN_MODEL: { status: 422, when: 'you have no such model' },
  MODEL_NOT_TRAINED: { status: 422, when: 'the model has not been trained yet' },
  MODEL_MISMATCH: { status: 422, when: 'the model is of another market or horizon' },
  MODEL_LEAKAGE: { status: 422, when: 'the span overlaps what the model was trained on' },
  TASK_TOO_LARGE: { status: 422, when: 'the task can never run on this machine' },
  TOO_MANY_REQUESTS: { status: 429, when: 'this user or this address has sent too many requests' },
  TOO_MANY_LOGIN_ATTEMPTS: { status: 429, when: 'too many failed logins' },
  QUEUE_FULL: { status: 429, when: 'you have as many tasks waiting as may wait' },
  HEADERS_TOO_LARGE: { status: 431, when: 'the headers take more than 16 KiB' },
  INTERNAL_ERROR: { status: 500, when: 'something went wrong on our side' },
  DATABASE_UNAVAILABLE: { status: 503, when: 'the database does not answer' },
} as const satisfies Readonly<Record<string, ProblemKind>>;

export type ProblemCode = keyof typeof problemCodes;
