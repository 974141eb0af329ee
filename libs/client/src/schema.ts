// Made by `npm run client` from the OpenAPI document; a test compares the two.

export interface paths {
  '/api/audit': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Who did what to whom, from where, when; newest first (admins)
     * @description Logins, failed ones too, and changes of accounts. Entries are added, never changed.
     */
    get: operations['audit_list'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/auth/login': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Sign in
     * @description Unknown user, wrong password and disabled account get one and the same answer. Ten failures of one account from one network in 15 minutes, or fifty from one network, close the door there for the rest of that time.
     */
    post: operations['auth_login'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/auth/logout': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * End this login: its tokens and its streams
     * @description Other logins of the user go on. Open streams end within a second.
     */
    post: operations['auth_logout'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/auth/me': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Who am I
     * @description The account that the access token is of, with the role that it has now.
     */
    get: operations['auth_me'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/auth/password': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Change the own password
     * @description Every other login of the user ends. A wrong current password counts as a failed login.
     */
    post: operations['auth_changePassword'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/auth/refresh': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Trade a refresh token for a new pair
     * @description The old token is spent. Its reuse within 10 s gets the same successor; later reuse ends the login, for somebody has a copy.
     */
    post: operations['auth_refresh'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/auth/stream-ticket': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * A ticket that opens one event stream, once, within 30 s
     * @description For a browser, whose EventSource can send no header. The stream ends with the access token that asked for the ticket.
     */
    post: operations['auth_issueStreamTicket'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/backtests': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Backtests, newest first
     * @description Runs and sweeps, without curves and trades: those of all users for admins, else the own ones.
     */
    get: operations['backtests_list'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/backtests/{id}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * A backtest with its curves and trades, or a sweep with its ranked runs
     * @description Before the result is there, with empty lists; `type` says which of the two it is.
     */
    get: operations['backtests_get'];
    put?: never;
    post?: never;
    /**
     * Delete a finished backtest and its files
     * @description Its task stays in the history.
     */
    delete: operations['backtests_remove'];
    options?: never;
    head?: never;
    /**
     * Name a backtest or note something
     * @description What is left out stays as it is.
     */
    patch: operations['backtests_patch'];
    trace?: never;
  };
  '/api/backtests/{id}/trades.csv': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * The trades of a completed backtest as CSV
     * @description The columns are the fields of `trades`, and the first line names them.
     */
    get: operations['backtests_trades'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/backtests/compare': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Two to four results at once, in the order asked for
     * @description Single runs only: the id of a sweep is refused. Each is as `GET /api/backtests/{id}` gives it.
     */
    get: operations['backtests_compare'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/backtests/optimize': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Run a strategy with many parameters and rank the runs
     * @description One task that streams its progress; cancelled, it keeps the runs that it has. With `walk_forward`, each window is chosen on one stretch of time and judged on the next.
     */
    post: operations['backtests_optimize'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/backtests/run': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Run a backtest
     * @description All that can be told before is checked at once; then it is a task. A request that was made before, on candles that are still the same, is answered from its stored result unless `cache` is false.
     */
    post: operations['backtests_run'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/backtests/strategies': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * The strategies, each with the JSON Schema of its params
     * @description Those that `strategy` of a run or sweep may name.
     */
    get: operations['backtests_strategies'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/health/live': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * The process answers
     * @description Looks at nothing else: for a probe that restarts what hangs.
     */
    get: operations['health_live'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/health/ready': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * The node can do its work
     * @description For a probe that decides where requests go. A part that cannot work is `down`, and the answer 503.
     */
    get: operations['health_ready'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/market-data/candles': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Candles, oldest first
     * @description Of the own series where there is one, else of the shared one. An empty span gives an empty list.
     */
    get: operations['market_data_candles'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/market-data/datasets': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * The stored series, with their source, checksum and gaps
     * @description Own ones first, then the shared ones, also those that own candles hide.
     */
    get: operations['market_data_datasets'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/market-data/datasets/{symbol}/{timeframe}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /**
     * Delete a series
     * @description Shared ones are for admins to delete.
     */
    delete: operations['market_data_remove'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/market-data/datasets/{symbol}/{timeframe}/export': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * A series as CSV
     * @description All of its candles, the oldest first. The name of the file says where they are synthetic.
     */
    get: operations['market_data_export'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/market-data/datasets/{symbol}/{timeframe}/verify': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Look at every candle of a series
     * @description Finds what is wrong with it and changes nothing.
     */
    get: operations['market_data_verify'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/market-data/import': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Import candles from a file or from an exchange
     * @description A CSV or Parquet file, plain or packed, is the body itself and the query says what it is. A JSON body asks for a download from an exchange instead.
     */
    post: operations['market_data_import'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/market-data/imports/{import_id}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * What an import found and did
     * @description The report comes with the end of its task, also when that failed for what was found.
     */
    get: operations['market_data_get'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/market-data/schedules': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * The series that are kept fresh
     * @description Own and shared ones, by symbol.
     */
    get: operations['market_data_schedules_list'];
    put?: never;
    /**
     * Keep a series fresh
     * @description By a download from an exchange at once and then every so many minutes.
     */
    post: operations['market_data_schedules_add'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/market-data/schedules/{schedule_id}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /**
     * Keep a series fresh no more
     * @description Its candles stay. Shared schedules are for admins to delete.
     */
    delete: operations['market_data_schedules_remove'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/market-data/symbols': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * The candles that there are
     * @description Own and shared series, by symbol and timeframe; a shared symbol that own candles hide is left out.
     */
    get: operations['market_data_symbols'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/openapi.json': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * This document
     * @description Of the routes that this server has, those of plug-in modules included. `/api/docs` shows it.
     */
    get: operations['openapi_json_get'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/predictions': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Predictions, newest first
     * @description Those of all users for admins, else the own ones.
     */
    get: operations['predictions_list'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/predictions/{id}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * One prediction
     * @description `outcome` comes with the end of its task.
     */
    get: operations['predictions_get'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/predictions/models': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Models, newest first
     * @description Those of all users for admins, else the own ones; trained, in training and failed ones.
     */
    get: operations['predictions_listModels'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/predictions/models/{id}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * A model with its importances and its calibration
     * @description `metrics` says how it did on candles that it had not seen; `edge` is the verdict.
     */
    get: operations['predictions_getModel'];
    put?: never;
    post?: never;
    /**
     * Delete a model that no waiting or running task needs
     * @description Predictions and backtests that were made with it stay.
     */
    delete: operations['predictions_removeModel'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/predictions/run': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Predict
     * @description Without `model_id` it uses the own model that has seen the newest candles of that market, or trains one when all are old or there is none. With a model that is still in training it waits for that.
     */
    post: operations['predictions_run'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/predictions/train': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Train a model
     * @description The settings and the candles of the span are looked at first; then it is a task with the same id.
     */
    post: operations['predictions_train'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/system/nodes': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * The processes of this installation (admins)
     * @description What each is, what its machine has and what runs on it; with the embedded database there is one.
     */
    get: operations['system_nodes_list'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/system/queue': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * What runs and what waits
     * @description Lists and counts hold the own tasks only, but for admins; `queue_position` is the place in the whole queue. The counts are those of all tasks, the lists come page by page: `next_cursor` leads to the next page of both.
     */
    get: operations['system_getQueue'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/system/queue/pause': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Start no more tasks (admins)
     * @description What runs goes on. Survives a restart.
     */
    post: operations['system_pause'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/system/queue/resume': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Start tasks again (admins)
     * @description After a pause; without one nothing changes.
     */
    post: operations['system_resume'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/system/resources': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * The machine, for admins, and the queue
     * @description `resources` is absent for everybody else. The lists of the queue come page by page.
     */
    get: operations['system_resources'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/system/summary': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * How many tasks there are of each status
     * @description Of the own tasks; for admins of all tasks and of those of each user.
     */
    get: operations['system_summary'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/system/task-events': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * The live event stream
     * @description Server-sent events without an `event:` field; the schema is that of the JSON in each `data:` line. `Last-Event-ID`, or `?last_event_id=`, brings what was missed. Credentials: the Authorization header, or `?ticket=`, or `?token=`.
     */
    get: operations['system_taskEvents'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/tasks': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * The history of tasks, newest first
     * @description Waiting, running and finished ones: those of all users for admins, the own ones for everybody else.
     */
    get: operations['tasks_list'];
    put?: never;
    /**
     * Submit a task of a type that a plug-in offers
     * @description The payload is checked by the type. Backtests, models, predictions and imports have routes that create their tasks.
     */
    post: operations['tasks_submit'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/tasks/{task_id}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * One task
     * @description With the attempts at it; while it is queued, with its place, the reason why it waits and its expected start.
     */
    get: operations['tasks_get'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    /**
     * Move a queued task
     * @description By its priority, while it waits.
     */
    patch: operations['tasks_setPriority'];
    trace?: never;
  };
  '/api/tasks/{task_id}/cancel': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Cancel a task
     * @description A queued one is gone at once, the processes of a running one stop within 2 s. Finished shards of a sweep may be reduced for at most 30 s before it ends. Cancelling twice is the same as once.
     */
    post: operations['tasks_cancel'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/tasks/{task_id}/end': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * End a running task whose process cannot be reached (admins)
     * @description It has failed as ENDED_BY_ADMIN from then on, and what it reserved is freed: at once on this node, within some seconds on another one. A task whose process can be reached is cancelled instead.
     */
    post: operations['tasks_end'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/tasks/{task_id}/log': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * What a task's processes printed
     * @description Standard output and standard error of one attempt, the last 256 KB of all its processes together; the lines of a shard begin with its number. Credentials are removed and control characters escaped. Empty where nothing was printed. The log goes with the task and with its user.
     */
    get: operations['tasks_log'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/tasks/{task_id}/result': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * The result of a task of a type that a plug-in offers
     * @description JSON, as the type defines it. Tasks of other types have their results elsewhere: `result_url` says where.
     */
    get: operations['tasks_result'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/tasks/{task_id}/retry': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Run a failed or cancelled task once more, as its next attempt
     * @description Under the same id. It queues anew, and gets this attempt even when all that it had are used up.
     */
    post: operations['tasks_retry'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/tasks/cancel': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Cancel many tasks
     * @description Those with the given ids, or those that the filters match. Of all that match the 1,000 that were submitted first are done; `matched` is the total. A task that cannot be changed is skipped, with the code that the command for it alone would answer; an id that is unknown or of another user is NOT_FOUND. Users reach only their own tasks. Without `status` the filters mean queued and running tasks.
     */
    post: operations['tasks_cancelMany'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/tasks/retry': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Retry many tasks
     * @description Those with the given ids, or those that the filters match. Of all that match the 1,000 that were submitted first are done; `matched` is the total. A task that cannot be changed is skipped, with the code that the command for it alone would answer; an id that is unknown or of another user is NOT_FOUND. Users reach only their own tasks. Without `status` the filters mean failed and cancelled tasks.
     */
    post: operations['tasks_retryMany'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/users': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * All users, by name (admins)
     * @description In the order of the characters, whatever the case of letters; disabled ones too.
     */
    get: operations['users_list'];
    put?: never;
    /**
     * Create a user (admins)
     * @description There is no way to register oneself.
     */
    post: operations['users_create'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/users/{user_id}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * One user (admins)
     * @description As the list shows it.
     */
    get: operations['users_get'];
    put?: never;
    post?: never;
    /**
     * Delete a user (admins)
     * @description The user's waiting and running tasks are cancelled, their backtests, models, predictions and imported candles deleted. What their tasks were stays in the history, for admins.
     */
    delete: operations['users_delete'];
    options?: never;
    head?: never;
    /**
     * Change role, disabling or password (admins)
     * @description Counts from the next request on, and ends open streams within a second. Disabling and a new password end the user's logins.
     */
    patch: operations['users_update'];
    trace?: never;
  };
  '/metrics': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * The node's metrics, for Prometheus (admins)
     * @description For an admin's token, or the METRICS_TOKEN of the server's configuration. docs/operations.md lists them.
     */
    get: operations['metrics_get'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
}
export type webhooks = Record<string, never>;
export interface components {
  schemas: {
    AuditEntry: {
      /** @description such as login, login_failed, user_created, password_reset or role_set_admin */
      action: string;
      /** @description the name of that account at the time; null where none is known */
      actor: string | null;
      /** @description who did it; null where no account is known */
      actor_id: string | null;
      /** @description the IP address that it came from; null for the server itself */
      address: string | null;
      /**
       * Format: date-time
       * @description when it was done
       */
      at: string;
      /** @description rises with time */
      id: number;
      /** @description the name of whom it was done to; null where that is nobody else */
      target: string | null;
    };
    AuditPage: {
      items: components['schemas']['AuditEntry'][];
      /** @description for ?cursor= of the next page; null on the last one */
      next_cursor: string | null;
    };
    Backtest: {
      /** @description also the task_id of its task */
      backtest_id: string;
      /** @description the capital, had it been bought with and held without costs */
      benchmark_curve?: {
        /** @description money */
        equity: number;
        /**
         * Format: date-time
         * @description opening time of the candle
         */
        time: string;
      }[];
      /** @description true: the result is that of an earlier, identical request */
      cached: boolean;
      counters?: {
        /** @description candles that hold a stop loss and a take profit; the stop loss was taken */
        ambiguous_bars: number;
        /** @description times that everything was closed for want of margin */
        margin_calls: number;
        /** @description orders that were not taken, by reason */
        rejected_orders: {
          [key: string]: number;
        };
      };
      /** Format: date-time */
      created_at: string;
      /** @description the candles that were traded on; null before the result */
      dataset: {
        /** @description candles of the span */
        rows: number;
        /** @description SHA-256 of the stored candles that they were taken or made from */
        sha256: string;
        /** @description as it is stored */
        symbol: string;
        /** @description true: made-up candles, so the result says nothing of a market */
        synthetic: boolean;
        /**
         * @description length of a candle: m minutes, h hours, d days, w weeks from Monday; in UTC
         * @enum {string}
         */
        timeframe: '1m' | '5m' | '15m' | '30m' | '1h' | '2h' | '4h' | '6h' | '12h' | '1d' | '1w';
      } | null;
      drawdown_curve: {
        /** @description 1 − equity / highest equity so far, a fraction: 0.2 is a fall by 20 % */
        drawdown: number;
        /**
         * Format: date-time
         * @description opening time of the candle
         */
        time: string;
      }[];
      /** @description seconds that the computing took, all parts of a sweep together; null before the result */
      duration_s: number | null;
      /** @description the same request, candles and version give the same figures; null before the result */
      engine_version: string | null;
      /** @description cash and open trades at each close; a curve of more than 2,000 points is thinned, all three alike */
      equity_curve: {
        /** @description money */
        equity: number;
        /**
         * Format: date-time
         * @description opening time of the candle
         */
        time: string;
      }[];
      /** @description why the task failed or was cancelled; null otherwise */
      error: components['schemas']['TaskError'] | null;
      /** @description whether the strategy reads the future; null unless check_lookahead asked */
      look_ahead: components['schemas']['LookAhead'] | null;
      monthly_returns: {
        /** @description YYYY-MM, in UTC */
        month: string;
        /** @description last equity of the month / that of the month before − 1; null where undefined */
        return: number | null;
      }[];
      notes: string | null;
      /** @description what was still open at the end, without finalise */
      open_trades?: {
        /** @enum {string} */
        direction: 'long' | 'short';
        entry_price: number;
        /**
         * Format: date-time
         * @description opening time of the candle that it was entered on
         */
        entry_time: string;
        /** @description units of the base asset, above 0 for a short trade too */
        size: number;
      }[];
      /** @description the gist of a sweep; null before its result and for a single run */
      optimization: components['schemas']['OptimizationOutcome'] | null;
      /** @description statistics by name, null where undefined; null as a whole before the result and for a sweep */
      performance:
        | ({
            /** @description last equity / capital − 1, a fraction */
            total_return: number | null;
          } & {
            [key: string]: unknown;
          })
        | null;
      /** @description what was asked for, with every default filled in but those of params */
      request: {
        [key: string]: unknown;
      };
      /**
       * @description from queued to running to completed, failed or cancelled; a retry leads back to queued
       * @enum {string}
       */
      status: 'queued' | 'running' | 'completed' | 'failed' | 'cancelled';
      title: string | null;
      /** @description closed ones, in the order of their exits */
      trades: {
        /** @description candles from the entry to the exit; 0 on the same one */
        bars: number;
        /** @description money, for entry and exit together */
        commission: number;
        /** @enum {string} */
        direction: 'long' | 'short';
        entry_price: number;
        /**
         * Format: date-time
         * @description opening time of the candle that it was entered on
         */
        entry_time: string;
        exit_price: number;
        /** @description signal, opposite_entry, stop_loss, trailing_stop, take_profit, margin_call or end_of_data */
        exit_reason: string;
        /**
         * Format: date-time
         * @description opening time of the candle that it was left on
         */
        exit_time: string;
        /** @description money won, or lost where it is below 0; commission is taken off */
        pnl: number;
        /** @description pnl / value at entry, a fraction; null where undefined */
        return: number | null;
        /** @description units of the base asset, above 0 for a short trade too */
        size: number;
      }[];
      /**
       * @description backtest: a single run; optimization: a sweep
       * @enum {string}
       */
      type: 'backtest' | 'optimization';
      /** @description what to know of the result, sentences for people */
      warnings: string[];
    };
    BacktestAccepted: {
      /** @description also the task_id of its task */
      backtest_id: string;
      /** @description true: the result is that of an earlier, identical request */
      cached?: boolean;
      /** @description a sentence for people */
      message: string;
      /**
       * @description running: its task has started; queued: it waits for its turn
       * @enum {string}
       */
      status: 'running' | 'queued';
    };
    BacktestComparison: {
      items: components['schemas']['Backtest'][];
    };
    BacktestPage: {
      items: components['schemas']['BacktestSummary'][];
      /** @description for ?cursor= of the next page; null on the last one */
      next_cursor: string | null;
    };
    BacktestSummary: {
      /** @description also the task_id of its task */
      backtest_id: string;
      /** @description true: the result is that of an earlier, identical request */
      cached: boolean;
      /** Format: date-time */
      created_at: string;
      /** @description the candles that were traded on; null before the result */
      dataset: {
        /** @description candles of the span */
        rows: number;
        /** @description SHA-256 of the stored candles that they were taken or made from */
        sha256: string;
        /** @description as it is stored */
        symbol: string;
        /** @description true: made-up candles, so the result says nothing of a market */
        synthetic: boolean;
        /**
         * @description length of a candle: m minutes, h hours, d days, w weeks from Monday; in UTC
         * @enum {string}
         */
        timeframe: '1m' | '5m' | '15m' | '30m' | '1h' | '2h' | '4h' | '6h' | '12h' | '1d' | '1w';
      } | null;
      /** @description seconds that the computing took, all parts of a sweep together; null before the result */
      duration_s: number | null;
      /** @description the same request, candles and version give the same figures; null before the result */
      engine_version: string | null;
      /** @description why the task failed or was cancelled; null otherwise */
      error: components['schemas']['TaskError'] | null;
      /** @description whether the strategy reads the future; null unless check_lookahead asked */
      look_ahead: components['schemas']['LookAhead'] | null;
      notes: string | null;
      /** @description the gist of a sweep; null before its result and for a single run */
      optimization: components['schemas']['OptimizationOutcome'] | null;
      /** @description statistics by name, null where undefined; null as a whole before the result and for a sweep */
      performance:
        | ({
            /** @description last equity / capital − 1, a fraction */
            total_return: number | null;
          } & {
            [key: string]: unknown;
          })
        | null;
      /** @description what was asked for, with every default filled in but those of params */
      request: {
        [key: string]: unknown;
      };
      /**
       * @description from queued to running to completed, failed or cancelled; a retry leads back to queued
       * @enum {string}
       */
      status: 'queued' | 'running' | 'completed' | 'failed' | 'cancelled';
      title: string | null;
      /**
       * @description backtest: a single run; optimization: a sweep
       * @enum {string}
       */
      type: 'backtest' | 'optimization';
      /** @description what to know of the result, sentences for people */
      warnings: string[];
    };
    BulkResult: {
      /** @description for how many of them the command was carried out */
      done: number;
      /** @description how many tasks were meant, those beyond the first 1000 included */
      matched: number;
      /** @description those for which it was not */
      skipped: {
        /** @description why it was not, as the command for this task alone would be answered */
        code: string;
        task_id: string;
      }[];
    };
    Candle: {
      close: number;
      high: number;
      low: number;
      open: number;
      /**
       * Format: date-time
       * @description opening time
       */
      time: string;
      /** @description in the base currency, the first of a pair; prices are in the other one */
      volume: number;
    };
    CandleList: {
      /** @description the oldest first */
      candles: components['schemas']['Candle'][];
      symbol: string;
      /** @description true: made up, prices of no market */
      synthetic: boolean;
      /**
       * @description length of a candle: m minutes, h hours, d days, w weeks from Monday; in UTC
       * @enum {string}
       */
      timeframe: '1m' | '5m' | '15m' | '30m' | '1h' | '2h' | '4h' | '6h' | '12h' | '1d' | '1w';
    };
    DatasetInfo: {
      /**
       * Format: date-time
       * @description opening time of the last candle
       */
      end: string;
      /** @description in how many places; null for files of old */
      gaps: number | null;
      /** @description shared data that own data of the symbol hides */
      hidden: boolean;
      /** @description candles that the span should have and has not */
      missing: number;
      /**
       * @description own: the user's; shared: everybody's
       * @enum {string}
       */
      owner: 'own' | 'shared';
      /** @description how many candles there are */
      rows: number;
      /** @description SHA-256 of the candles as they are stored */
      sha256: string;
      /** @description true: everybody's; false: the user's own */
      shared: boolean;
      /** @description where the candles come from, for people */
      source: string;
      /**
       * Format: date-time
       * @description opening time of the first candle
       */
      start: string;
      symbol: string;
      /** @description true: made up, prices of no market */
      synthetic: boolean;
      /**
       * @description length of a candle: m minutes, h hours, d days, w weeks from Monday; in UTC
       * @enum {string}
       */
      timeframe: '1m' | '5m' | '15m' | '30m' | '1h' | '2h' | '4h' | '6h' | '12h' | '1d' | '1w';
    };
    DatasetPage: {
      items: components['schemas']['DatasetInfo'][];
      /** @description for ?cursor= of the next page; null on the last one */
      next_cursor: string | null;
    };
    Gap: {
      /**
       * Format: date-time
       * @description opening time of the first candle that is missing
       */
      from: string;
      /** @description how many candles are missing */
      missing: number;
      /**
       * Format: date-time
       * @description opening time of the next candle that is there
       */
      to: string;
    };
    ImportAccepted: {
      import_id: string;
      /** @description a sentence for people */
      message: string;
      /**
       * @description running: its task has started; queued: it waits for its turn
       * @enum {string}
       */
      status: 'running' | 'queued';
      /** @description the same as import_id */
      task_id: string;
    };
    ImportInfo: {
      /** @description why the task failed or was cancelled; null otherwise */
      error: components['schemas']['TaskError'] | null;
      /** @description also the task_id of its task */
      import_id: string;
      /** @description what was found, also by an import that failed; null before its end and where it read nothing */
      report: {
        /** @description what is stored now; null when nothing was stored */
        dataset: {
          /** @description candles of times that had none */
          added: number;
          /**
           * Format: date-time
           * @description opening time of the last candle
           */
          end: string;
          /** @description the first ten places where candles are missing */
          gaps: components['schemas']['Gap'][];
          /** @description candles that the span should have and has not */
          missing: number;
          /** @description candles that took the place of stored ones */
          overlapping: number;
          /** @description made-up candles were stored and gave way */
          replaced_synthetic: boolean;
          /** @description how many candles there are */
          rows: number;
          /** @description SHA-256 of the candles as they are stored */
          sha256: string;
          /** @description true: everybody's; false: the user's own */
          shared: boolean;
          /**
           * Format: date-time
           * @description opening time of the first candle
           */
          start: string;
          symbol: string;
          /**
           * @description length of a candle: m minutes, h hours, d days, w weeks from Monday; in UTC
           * @enum {string}
           */
          timeframe: '1m' | '5m' | '15m' | '30m' | '1h' | '2h' | '4h' | '6h' | '12h' | '1d' | '1w';
        } | null;
        /** @description how the file was read; null for a download */
        detected: {
          /** @description by field, the name of the column it is read from */
          columns: {
            [key: string]: string;
          };
          /** @enum {string} */
          compression: 'none' | 'gzip' | 'zip';
          /** @description what stands between the cells; null for Parquet */
          delimiter: string | null;
          /** @enum {string} */
          format: 'csv' | 'parquet';
          /** @description whether a line names the columns; null for Parquet */
          has_header: boolean | null;
          /** @description binance, cryptodatadownload, yahoo, stooq, generic or parquet */
          layout: string;
          /** @description lines before the header or the first row */
          skipped_lines: number;
          /**
           * @description how times are written, as the query says it
           * @enum {string}
           */
          time_format: 's' | 'ms' | 'us' | 'ns' | 'yyyymmdd' | 'iso' | 'dmy' | 'mdy';
          /** @description of times that name none, for people */
          time_zone: string;
          /**
           * @description length of a candle: m minutes, h hours, d days, w weeks from Monday; in UTC
           * @enum {string}
           */
          timeframe: '1m' | '5m' | '15m' | '30m' | '1h' | '2h' | '4h' | '6h' | '12h' | '1d' | '1w';
        } | null;
        /** @description how the download went; null for a file */
        download: {
          exchange: string;
          /** @description answers of the exchange */
          pages: number;
          /** @description candles that were there from before an interruption */
          resumed_rows: number;
          /** @description questions that were asked again after an error */
          retries: number;
        } | null;
        /** @description the first five candles, as they were understood */
        first_rows: components['schemas']['Candle'][];
        /** @description of the times in the input; null below two rows */
        order: ('ascending' | 'descending' | 'mixed') | null;
        /** @description true: the input was only looked at */
        preview: boolean;
        /** @description why rows were refused, by kind */
        refused: {
          /** @description the kind, a stable word such as DUPLICATE or HIGH_BELOW_LOW */
          code: string;
          /** @description how many there are of it */
          count: number;
          /** @description the first ten */
          first: {
            /** @description what was found, for people */
            message: string;
            /** @description number of the row in the input, from 1; null where it is of none */
            row: number | null;
          }[];
        }[];
        /** @description what was put right, by kind */
        repaired: {
          /** @description the kind, a stable word such as DUPLICATE or HIGH_BELOW_LOW */
          code: string;
          /** @description how many there are of it */
          count: number;
          /** @description the first ten */
          first: {
            /** @description what was found, for people */
            message: string;
            /** @description number of the row in the input, from 1; null where it is of none */
            row: number | null;
          }[];
        }[];
        rows: {
          /** @description candles that came of them */
          kept: number;
          /** @description rows of the input */
          read: number;
          /** @description rows that are no candle */
          refused: number;
          /** @description repairs; a row may need several */
          repaired: number;
        };
        /** @description the name of the file, or the exchange and its market */
        source: string;
      } | null;
      /**
       * @description from queued to running to completed, failed or cancelled; a retry leads back to queued
       * @enum {string}
       */
      status: 'queued' | 'running' | 'completed' | 'failed' | 'cancelled';
    };
    Liveness: {
      /** @enum {string} */
      status: 'up' | 'down';
    };
    LookAhead: {
      /** @description decisions of the run with all candles */
      decisions: number;
      /** @description the first decision that changed; null when all stayed the same */
      first_difference: {
        /** @description candle of the span that was decided on, from 0 */
        bar: number;
        /** @description candles of the span that the shortened copy has */
        prefix_bars: number;
        /**
         * Format: date-time
         * @description its opening time
         */
        time: string;
        /** @description the decision with all candles; null for none */
        with_all_bars: string | null;
        /** @description the decision without the later ones; null for none */
        with_prefix: string | null;
      } | null;
      /** @description no decision changed when later candles were taken away */
      passed: boolean;
      /** @description shortened copies of the candles that it was run on */
      prefixes_checked: number;
    };
    Me: {
      /**
       * Format: date-time
       * @description when the account was made
       */
      created_at: string;
      /** @description whether the role is admin */
      is_admin: boolean;
      /**
       * @description user: sees and changes what is their own; admin: everything, users and the queue included
       * @enum {string}
       */
      role: 'admin' | 'user';
      user_id: string;
      username: string;
    };
    Model: {
      /** @description now; null while there are no candles of the market */
      age?: {
        /** @description of candles that came after the last one the model saw */
        days: number;
        /** @description older than that */
        is_stale: boolean;
        /** @description up to which a model of this timeframe counts as fresh */
        limit_days: number;
        /** @description a sentence for people when the model is old; null otherwise */
        note: string | null;
      } | null;
      /** Format: date-time */
      created_at: string;
      /** @description whether an edge was demonstrated out of sample, in words; null before it is trained */
      edge: string | null;
      /**
       * Format: date-time
       * @description where the candles end that it learns from
       */
      end_date: string;
      /** @description why the task failed or was cancelled; null otherwise */
      error: components['schemas']['TaskError'] | null;
      /** @description candles ahead */
      horizon: number;
      /** @description how it did out of sample, beside naive baselines; null before it is trained */
      metrics: {
        [key: string]: unknown;
      } | null;
      /**
       * @description logistic: a logistic regression; gbdt: boosted trees on top of one
       * @enum {string}
       */
      model: 'gbdt' | 'logistic';
      model_id: string;
      /**
       * Format: date-time
       * @description where the candles begin that it learns from
       */
      start_date: string;
      /**
       * @description from queued to running to completed, failed or cancelled; a retry leads back to queued
       * @enum {string}
       */
      status: 'queued' | 'running' | 'completed' | 'failed' | 'cancelled';
      symbol: string;
      /** @description true: trained on made-up candles, so it says nothing of a market */
      synthetic: boolean;
      /** @description of its training; the same as model_id */
      task_id: string;
      /**
       * @description length of a candle: m minutes, h hours, d days, w weeks from Monday; in UTC
       * @enum {string}
       */
      timeframe: '1m' | '5m' | '15m' | '30m' | '1h' | '2h' | '4h' | '6h' | '12h' | '1d' | '1w';
    };
    ModelDetail: {
      /** @description now; null while there are no candles of the market */
      age?: {
        /** @description of candles that came after the last one the model saw */
        days: number;
        /** @description older than that */
        is_stale: boolean;
        /** @description up to which a model of this timeframe counts as fresh */
        limit_days: number;
        /** @description a sentence for people when the model is old; null otherwise */
        note: string | null;
      } | null;
      /** @description how scores become probabilities, and how these agree with what happened; null before it is trained */
      calibration: unknown;
      /** Format: date-time */
      created_at: string;
      /** @description whether an edge was demonstrated out of sample, in words; null before it is trained */
      edge: string | null;
      /**
       * Format: date-time
       * @description where the candles end that it learns from
       */
      end_date: string;
      /** @description why the task failed or was cancelled; null otherwise */
      error: components['schemas']['TaskError'] | null;
      /** @description of each feature its gain, a share of what all bring, and its permutation, the rise of the log loss without it */
      feature_importance: {
        [key: string]: unknown;
      }[];
      /** @description candles ahead */
      horizon: number;
      /** @description how it did out of sample, beside naive baselines; null before it is trained */
      metrics: {
        [key: string]: unknown;
      } | null;
      /**
       * @description logistic: a logistic regression; gbdt: boosted trees on top of one
       * @enum {string}
       */
      model: 'gbdt' | 'logistic';
      model_id: string;
      /**
       * Format: date-time
       * @description where the candles begin that it learns from
       */
      start_date: string;
      /**
       * @description from queued to running to completed, failed or cancelled; a retry leads back to queued
       * @enum {string}
       */
      status: 'queued' | 'running' | 'completed' | 'failed' | 'cancelled';
      symbol: string;
      /** @description true: trained on made-up candles, so it says nothing of a market */
      synthetic: boolean;
      /** @description of its training; the same as model_id */
      task_id: string;
      /**
       * @description length of a candle: m minutes, h hours, d days, w weeks from Monday; in UTC
       * @enum {string}
       */
      timeframe: '1m' | '5m' | '15m' | '30m' | '1h' | '2h' | '4h' | '6h' | '12h' | '1d' | '1w';
    };
    ModelPage: {
      items: components['schemas']['Model'][];
      /** @description for ?cursor= of the next page; null on the last one */
      next_cursor: string | null;
    };
    NodeList: {
      items: components['schemas']['SystemNode'][];
    };
    OpenApiDocument: {
      openapi: string;
      paths: {
        [key: string]: unknown;
      };
    } & {
      [key: string]: unknown;
    };
    Optimization: {
      /** @description also the task_id of its task */
      backtest_id: string;
      /** @description true: the result is that of an earlier, identical request */
      cached: boolean;
      /** Format: date-time */
      created_at: string;
      /** @description the candles that were traded on; null before the result */
      dataset: {
        /** @description candles of the span */
        rows: number;
        /** @description SHA-256 of the stored candles that they were taken or made from */
        sha256: string;
        /** @description as it is stored */
        symbol: string;
        /** @description true: made-up candles, so the result says nothing of a market */
        synthetic: boolean;
        /**
         * @description length of a candle: m minutes, h hours, d days, w weeks from Monday; in UTC
         * @enum {string}
         */
        timeframe: '1m' | '5m' | '15m' | '30m' | '1h' | '2h' | '4h' | '6h' | '12h' | '1d' | '1w';
      } | null;
      /** @description seconds that the computing took, all parts of a sweep together; null before the result */
      duration_s: number | null;
      /** @description the same request, candles and version give the same figures; null before the result */
      engine_version: string | null;
      /** @description why the task failed or was cancelled; null otherwise */
      error: components['schemas']['TaskError'] | null;
      /** @description for every two parameters that vary, of axes of up to a hundred values */
      heat_maps: {
        /** @description values[row of y][column of x]: the best figure of the objective there; null where none is */
        values: (number | null)[][];
        /** @description values of x_param */
        x: unknown[];
        /** @description the parameter whose values are the columns */
        x_param: string;
        /** @description values of y_param */
        y: unknown[];
        /** @description the parameter whose values are the rows; null where only one varies */
        y_param: string | null;
      }[];
      /** @description whether the strategy reads the future; null unless check_lookahead asked */
      look_ahead: components['schemas']['LookAhead'] | null;
      notes: string | null;
      /** @description the gist of a sweep; null before its result and for a single run */
      optimization: components['schemas']['OptimizationOutcome'] | null;
      /** @description with walk_forward: the choices traded one after another, at the end of each period; empty without */
      out_of_sample_curve: {
        /** @description money */
        equity: number;
        /**
         * Format: date-time
         * @description opening time of the candle
         */
        time: string;
      }[];
      /** @description statistics by name, null where undefined; null as a whole before the result and for a sweep */
      performance:
        | ({
            /** @description last equity / capital − 1, a fraction */
            total_return: number | null;
          } & {
            [key: string]: unknown;
          })
        | null;
      /** @description what was asked for, with every default filled in but those of params */
      request: {
        [key: string]: unknown;
      };
      /** @description from best to worst, the first thousand */
      runs: components['schemas']['SweepRun'][];
      /** @description the first ten */
      skipped_runs: {
        /** @description why, a stable word */
        code: string;
        /** @description why, a sentence */
        message: string;
        /** @description values of the parameters that the sweep varies */
        params: {
          [key: string]: unknown;
        };
      }[];
      /**
       * @description from queued to running to completed, failed or cancelled; a retry leads back to queued
       * @enum {string}
       */
      status: 'queued' | 'running' | 'completed' | 'failed' | 'cancelled';
      title: string | null;
      /**
       * @description backtest: a single run; optimization: a sweep
       * @enum {string}
       */
      type: 'backtest' | 'optimization';
      /** @description what to know of the result, sentences for people */
      warnings: string[];
      /** @description the windows of walk_forward, else one: the span */
      windows: {
        /** @description probability that the choice has any skill; null where undefined */
        deflated_sharpe: number | null;
        /** @description of that choice, where it was chosen */
        in_sample: components['schemas']['SweepFigures'] | null;
        /** @description of that choice, on the days after; null without walk_forward */
        out_of_sample: components['schemas']['SweepFigures'] | null;
        /** @description the best where it was chosen; null when no run was made */
        params: {
          [key: string]: unknown;
        } | null;
        /** @description opening time of the last candle that is judged on; null without walk_forward */
        test_end: string | null;
        /** @description opening time of the first candle that is judged on; null without walk_forward */
        test_start: string | null;
        /**
         * Format: date-time
         * @description opening time of the last candle that is chosen on
         */
        train_end: string;
        /**
         * Format: date-time
         * @description opening time of the first candle that is chosen on
         */
        train_start: string;
        /** @description runs that were made */
        trials: number;
      }[];
    };
    OptimizationOutcome: {
      /** @description the first of the ranked runs; null when none was made */
      best: components['schemas']['SweepRun'] | null;
      /** @description probability that the best has any skill, given how many were tried; null where undefined */
      deflated_sharpe: number | null;
      /**
       * @description what the runs are ranked by
       * @enum {string}
       */
      objective:
        | 'total_return'
        | 'cagr'
        | 'sharpe_ratio'
        | 'sortino_ratio'
        | 'calmar_ratio'
        | 'max_drawdown'
        | 'profit_factor'
        | 'expectancy'
        | 'win_rate'
        | 'sqn';
      /** @description with walk_forward: what trading each window by its own choice would have given; null without */
      out_of_sample: {
        /** @description growth a year, a fraction */
        cagr: number | null;
        /** @description deepest fall from a peak between ends of days, a fraction */
        max_drawdown: number | null;
        /** @description mean / standard deviation of the returns, a year; no risk-free rate */
        sharpe_ratio: number | null;
        /** @description last equity / capital − 1, a fraction */
        total_return: number | null;
      } | null;
      /** @description a sentence when the best is likely luck or overfitted; null when nothing speaks for that */
      overfitting_warning: string | null;
      /** @description points that were to be run */
      planned_runs: number;
      /** @description points whose parameters contradict each other or cannot be traded */
      skipped: number;
      /** @description runs that were made */
      trials: number;
    };
    PredictAccepted: {
      /** @description a sentence for people; says when a new model is trained, or an old one used */
      message: string;
      /** @description also the task_id of its task */
      prediction_id: string;
      /**
       * @description running: its task has started; queued: it waits for its turn
       * @enum {string}
       */
      status: 'running' | 'queued';
    };
    Prediction: {
      /** Format: date-time */
      created_at: string;
      /** @description why the task failed or was cancelled; null otherwise */
      error: components['schemas']['TaskError'] | null;
      /** @description the model that it is made with; null: one is trained for it alone */
      model_id: string | null;
      /** @description null before the result */
      outcome: {
        /**
         * Format: date-time
         * @description opening time of the last candle the prediction knows
         */
        as_of: string;
        /**
         * @description neutral: within 0.01 of a probability of 0.5, or the model has shown no evidence
         * @enum {string}
         */
        direction: 'up' | 'down' | 'neutral';
        /** @description whether an edge was demonstrated out of sample, in words */
        edge: string;
        /** @description how the model did out of sample, beside naive baselines */
        evaluation: {
          [key: string]: unknown;
        };
        /** @description after the horizon, a fraction of the last close */
        expected_return: number | null;
        /** @description candles ahead */
        horizon: number;
        /** @description should hold the return after the horizon */
        interval: {
          /** @description share of the cases in which it should, such as 0.8 */
          coverage: number;
          /** @description a fraction of the last close */
          high: number;
          /** @description a fraction of the last close */
          low: number;
        } | null;
        /** @description when the prediction was made */
        model_age?: {
          /** @description of candles that came after the last one the model saw */
          days: number;
          /** @description older than that */
          is_stale: boolean;
          /** @description up to which a model of this timeframe counts as fresh */
          limit_days: number;
          /** @description a sentence for people when the model is old; null otherwise */
          note: string | null;
        } | null;
        /** @description that the price is higher after the horizon, 0 to 1, calibrated */
        probability: number;
      } | null;
      prediction_id: string;
      /** @description what was asked for, with defaults filled in */
      request: {
        [key: string]: unknown;
      };
      /**
       * @description from queued to running to completed, failed or cancelled; a retry leads back to queued
       * @enum {string}
       */
      status: 'queued' | 'running' | 'completed' | 'failed' | 'cancelled';
      /** @description true: made of made-up candles, so it says nothing of a market */
      synthetic: boolean;
    };
    PredictionPage: {
      items: components['schemas']['Prediction'][];
      /** @description for ?cursor= of the next page; null on the last one */
      next_cursor: string | null;
    };
    Problem: {
      /** @description what is wrong, a stable word for programs */
      code: string;
      /** @description what is wrong, a sentence for people */
      detail: string;
      /** @description what is wrong, field by field, the first twenty; always there with 422 */
      errors?: {
        /** @description what is wrong with it */
        message: string;
        /** @description the field, such as params.fast_period; items of a list by number from 0; empty for the whole request */
        path: string;
      }[];
      /** @description the path that was asked for, without its query */
      instance: string;
      /** @description names the request in the log of the server; also in X-Request-Id */
      request_id: string;
      /** @description of the answer */
      status: number;
      /** @description the status in words */
      title: string;
      /** @description urn:headroom:problem: and the code in lower case, with hyphens */
      type: string;
    };
    QueuePause: {
      /** @description an admin has paused the queue: what runs goes on, nothing starts */
      paused: boolean;
    };
    QueueStatus: {
      /** @description for ?cursor= of the next page of both lists; null when both have ended */
      next_cursor: string | null;
      /** @description for admins: tasks of the answering node that have ended while their function goes on in its process, and holds its resources; absent when there is none */
      overdue_functions?: string[];
      /** @description an admin has paused the queue: what runs goes on, nothing starts */
      paused: boolean;
      /** @description how many wait, listed here or not; for admins, of all users */
      queued_count: number;
      /** @description one page, in the order of their places in the queue */
      queued_tasks: components['schemas']['Task'][];
      /** @description how many run, listed here or not; for admins, of all users */
      running_count: number;
      /** @description one page; the task that was submitted first comes first */
      running_tasks: components['schemas']['Task'][];
    };
    Readiness: {
      /**
       * @description up: it answers within 2 s
       * @enum {string}
       */
      database: 'up' | 'down';
      /**
       * @description up: the machine was measured within the last 5 s
       * @enum {string}
       */
      monitor: 'up' | 'down';
      /**
       * @description up: all of the parts are
       * @enum {string}
       */
      status: 'up' | 'down';
      /**
       * @description up: the queue is loaded and takes tasks
       * @enum {string}
       */
      worker: 'up' | 'down';
    };
    Resources: {
      /** @description share of the cores that has to stay free when a task starts */
      buffer_percent: number;
      /** @description the share of what a task declares that admission expects it to use */
      consumption_factor: number;
      cpu: {
        /** @description cores that are free, as measured */
        available_cores: number;
        /** @description cores that have to stay free when a task starts */
        min_threshold_cores: number;
        /** @description cores that the node may use */
        total_cores: number;
        /** @description share of the total that is in use, by whomever, 0 to 100 */
        usage_percent: number;
      };
      limits: {
        /**
         * @description where the total comes from: the machine, the limit of a cgroup, or the configuration (override)
         * @enum {string}
         */
        cpu_source: 'host' | 'cgroup-v1' | 'cgroup-v2' | 'override';
        /**
         * @description where the total comes from: the machine, the limit of a cgroup, or the configuration (override)
         * @enum {string}
         */
        ram_source: 'host' | 'cgroup-v1' | 'cgroup-v2' | 'override';
      };
      /**
       * @description development: relaxed admission, as TRADING_BOT_DEV_MODE asks for
       * @enum {string}
       */
      mode: 'production' | 'development';
      /** @description PSI some avg10 of the kernel */
      pressure: {
        /** @description percent of the last ten seconds in which some process waited for it; null where the kernel does not say */
        cpu: number | null;
        /** @description percent of the last ten seconds in which some process waited for it; null where the kernel does not say */
        io: number | null;
        /** @description percent of the last ten seconds in which some process waited for it; null where the kernel does not say */
        memory: number | null;
      };
      /** @description in GB of 2^30 bytes */
      ram: {
        /** @description RAM that is free, as measured */
        available_gb: number;
        /** @description RAM that has to stay free when a task starts */
        min_threshold_gb: number;
        /** @description RAM that the node may use */
        total_gb: number;
        /** @description share of the total that is in use, by whomever, 0 to 100 */
        usage_percent: number;
      };
      /** @description what is held for the running tasks, whether they use it or not */
      reserved: {
        cpu_cores: number;
        /** @description in GB of 2^30 bytes */
        ram_gb: number;
      };
    };
    Result: components['schemas']['Backtest'] | components['schemas']['Optimization'];
    ScheduleInfo: {
      /** Format: date-time */
      created_at: string;
      /** @description minutes from one download to the next */
      every_minutes: number;
      exchange: string;
      /** @description the last download, for GET /api/market-data/imports/{import_id}; null before the first */
      last_import_id: string | null;
      /**
       * Format: date-time
       * @description when the next download is queued
       */
      next_run_at: string;
      schedule_id: string;
      /** @description true: everybody's data; false: the user's own */
      shared: boolean;
      /** @description where it began while no candle was stored; null where nobody said */
      start: string | null;
      symbol: string;
      /**
       * @description length of a candle: m minutes, h hours, d days, w weeks from Monday; in UTC
       * @enum {string}
       */
      timeframe: '1m' | '5m' | '15m' | '30m' | '1h' | '2h' | '4h' | '6h' | '12h' | '1d' | '1w';
    };
    SchedulePage: {
      items: components['schemas']['ScheduleInfo'][];
      /** @description for ?cursor= of the next page; null on the last one */
      next_cursor: string | null;
    };
    StrategyInfo: {
      /** @description such as trend, mean reversion or benchmark */
      category: string;
      description: string;
      /** @description its name for people */
      label: string;
      /** @description as requests name it */
      name: string;
      /** @description JSON Schema of params */
      params_schema: {
        [key: string]: unknown;
      };
      /** @description trades on the predictions of a model; model_id says which */
      requires_model: boolean;
    };
    StrategyList: components['schemas']['StrategyInfo'][];
    StreamTicket: {
      /** @description seconds until the ticket opens no stream any more */
      expires_in: number;
      /** @description for ?ticket= of GET /api/system/task-events; opens one stream, once */
      ticket: string;
    };
    SweepFigures: {
      /** @description growth a year, a fraction */
      cagr: number | null;
      /** @description cagr / max_drawdown */
      calmar_ratio: number | null;
      /** @description mean pnl of the trades, money */
      expectancy: number | null;
      /** @description deepest fall from a peak of the equity, a fraction: 0.2 is a fall by 20 % */
      max_drawdown: number | null;
      /** @description money won / money lost */
      profit_factor: number | null;
      /** @description mean / standard deviation of the returns, a year; no risk-free rate */
      sharpe_ratio: number | null;
      /** @description mean of the returns / root mean square of those below 0, a year */
      sortino_ratio: number | null;
      /** @description √n · mean / standard deviation of the pnl of the n trades */
      sqn: number | null;
      /** @description last equity / capital − 1, a fraction */
      total_return: number | null;
      /** @description closed trades */
      trade_count: number;
      /** @description trades with a pnl above 0, a fraction of all */
      win_rate: number | null;
    };
    SweepRun: {
      /** @description on the span; with walk_forward, means over the days chosen on */
      in_sample: components['schemas']['SweepFigures'];
      /** @description with walk_forward: on the days after those chosen on; null without */
      out_of_sample: components['schemas']['SweepFigures'] | null;
      /** @description values of the parameters that the sweep varies */
      params: {
        [key: string]: unknown;
      };
      /** @description place by the objective, from 1, the best */
      rank: number;
    };
    SymbolInfo: {
      /**
       * Format: date-time
       * @description opening time of the last candle
       */
      end: string;
      /** @description how many candles there are */
      rows: number;
      /** @description true: everybody's; false: the user's own */
      shared: boolean;
      /**
       * Format: date-time
       * @description opening time of the first candle
       */
      start: string;
      symbol: string;
      /** @description true: made up, prices of no market */
      synthetic: boolean;
      /**
       * @description length of a candle: m minutes, h hours, d days, w weeks from Monday; in UTC
       * @enum {string}
       */
      timeframe: '1m' | '5m' | '15m' | '30m' | '1h' | '2h' | '4h' | '6h' | '12h' | '1d' | '1w';
    };
    SymbolPage: {
      items: components['schemas']['SymbolInfo'][];
      /** @description for ?cursor= of the next page; null on the last one */
      next_cursor: string | null;
    };
    SystemNode: {
      /** @description seen within the last 20 s; one that nobody has seen for a day is forgotten */
      alive: boolean;
      /** @description the name of its machine */
      host: string;
      /** Format: date-time */
      last_seen_at: string;
      /** @description its name, unique in the installation */
      node_id: string;
      resources: components['schemas']['Resources'];
      /**
       * @description api: answers requests and runs no tasks; worker: runs tasks and answers probes; all: both
       * @enum {string}
       */
      role: 'all' | 'api' | 'worker';
      /** @description of all users */
      running_tasks: {
        task_id: string;
        task_type: string;
        user_id: string;
      }[];
      /**
       * Format: date-time
       * @description when its process started
       */
      started_at: string;
      /** @description of the server that it runs */
      version: string;
    };
    SystemResources: {
      /** @description whether the caller is an admin */
      is_admin: boolean;
      queue: components['schemas']['QueueStatus'];
      /** @description for admins; absent, not null, for everybody else */
      resources?: components['schemas']['Resources'];
    };
    SystemSummary: {
      /** @description the same for each user that has tasks, for admins; absent for other users */
      by_user?: {
        /** @description those of this user */
        counts: components['schemas']['TaskCounts'];
        user_id: string;
      }[];
      /** @description how many tasks there are of each status: of all users for admins, else of the caller */
      counts: components['schemas']['TaskCounts'];
    };
    Task: {
      /** @description which attempt this is, from 1 */
      attempt: number;
      /** @description whether it can be cancelled: it waits or runs, and is no function that takes no abort signal */
      can_cancel: boolean;
      /** @description whether it can be retried: it failed or was cancelled, and was no function of a server process */
      can_retry: boolean;
      /** @description when it completed, failed or was cancelled; null before */
      completed_at: string | null;
      /** @description CPU time that it took; null until it has ended, and where it was too short to be measured */
      cpu_seconds: number | null;
      /** @description what it does while it runs, or what came of it, for people */
      description: string;
      /** @description why the task failed or was cancelled; null otherwise */
      error: components['schemas']['TaskError'] | null;
      /** @description cores that it is declared to need */
      estimated_cpu_cores: number;
      /** @description RAM that it is declared to need, in GB of 2^30 bytes */
      estimated_ram_gb: number;
      /** @description when it is expected to start; null unless queued, and where no forecast is possible */
      estimated_start_at: string | null;
      /** @description the path of what its processes printed */
      log_url: string;
      /** @description attempts that the server makes by itself after a lost node or a lack of memory */
      max_attempts: number;
      /** @description the node that runs it or ran it, for admins; null before the attempt starts, and for other users */
      node_id: string | null;
      /** @description most RAM that it held, in GB of 2^30 bytes; null as cpu_seconds is */
      peak_ram_gb: number | null;
      /** @description −100 to 100, higher runs sooner; a step is worth ten minutes of waiting */
      priority: number;
      /** @description share that is done, 0 to 1; null where unknown */
      progress: number | null;
      /** @description place in the whole queue, from 1; null unless queued */
      queue_position: number | null;
      /**
       * Format: date-time
       * @description when it was submitted, or retried
       */
      queued_at: string;
      /** @description the path of its result; null while there is none, and for types that have none */
      result_url: string | null;
      /** @description the task that has to complete before this one may start; null for none */
      run_after: string | null;
      /** @description when the attempt started; null before */
      started_at: string | null;
      /**
       * @description from queued to running to completed, failed or cancelled; a retry leads back to queued
       * @enum {string}
       */
      status: 'queued' | 'running' | 'completed' | 'failed' | 'cancelled';
      /** @description what it is, for people; stays as it is while the description follows the progress */
      subject: string;
      task_id: string;
      /** @description backtest, model_training, prediction, optimization, data_import, or a type that a plug-in module registers */
      task_type: string;
      /** @description whose task it is */
      user_id: string;
      /** @description why it does not start yet, a word for programs; null unless queued. One of cpu, ram, behind, held_back, exclusive, pressure, paused, dependency, retry_delay, user_limit, no_node, starting, or one that a later version adds */
      wait_kind: string | null;
      /** @description why it does not start yet, a sentence for people; null unless queued. Only admins see figures of the machine in it */
      wait_reason: string | null;
    };
    TaskAccepted: {
      /** @description a sentence for people */
      message: string;
      /**
       * @description running: its task has started; queued: it waits for its turn
       * @enum {string}
       */
      status: 'running' | 'queued';
      /** @description the id of the task */
      task_id: string;
    };
    TaskAttempt: {
      /** @description its number, from 1 */
      attempt: number;
      /** @description how it ended: completed, failed, cancelled, requeued (it is tried again), lost (its node was gone) or ended_by_admin; others may be added. Null while it runs */
      end: string | null;
      /** @description when it ended; null while it runs */
      ended_at: string | null;
      /** @description what ended it; null when it completed, and while it runs */
      error: components['schemas']['TaskError'] | null;
      /** @description the node that ran it, for admins; null where none had it, and for other users */
      node_id: string | null;
      /** @description when it started; null when it ended before that */
      started_at: string | null;
    };
    TaskCounts: {
      cancelled: number;
      completed: number;
      failed: number;
      queued: number;
      running: number;
    };
    TaskDetail: {
      /** @description which attempt this is, from 1 */
      attempt: number;
      /** @description the attempts that have started, the first one first; those before an upgrade from 0.1 are missing */
      attempts: components['schemas']['TaskAttempt'][];
      /** @description whether it can be cancelled: it waits or runs, and is no function that takes no abort signal */
      can_cancel: boolean;
      /** @description whether it can be retried: it failed or was cancelled, and was no function of a server process */
      can_retry: boolean;
      /** @description when it completed, failed or was cancelled; null before */
      completed_at: string | null;
      /** @description CPU time that it took; null until it has ended, and where it was too short to be measured */
      cpu_seconds: number | null;
      /** @description what it does while it runs, or what came of it, for people */
      description: string;
      /** @description why the task failed or was cancelled; null otherwise */
      error: components['schemas']['TaskError'] | null;
      /** @description cores that it is declared to need */
      estimated_cpu_cores: number;
      /** @description RAM that it is declared to need, in GB of 2^30 bytes */
      estimated_ram_gb: number;
      /** @description when it is expected to start; null unless queued, and where no forecast is possible */
      estimated_start_at: string | null;
      /** @description the path of what its processes printed */
      log_url: string;
      /** @description attempts that the server makes by itself after a lost node or a lack of memory */
      max_attempts: number;
      /** @description the node that runs it or ran it, for admins; null before the attempt starts, and for other users */
      node_id: string | null;
      /** @description most RAM that it held, in GB of 2^30 bytes; null as cpu_seconds is */
      peak_ram_gb: number | null;
      /** @description −100 to 100, higher runs sooner; a step is worth ten minutes of waiting */
      priority: number;
      /** @description share that is done, 0 to 1; null where unknown */
      progress: number | null;
      /** @description place in the whole queue, from 1; null unless queued */
      queue_position: number | null;
      /**
       * Format: date-time
       * @description when it was submitted, or retried
       */
      queued_at: string;
      /** @description the path of its result; null while there is none, and for types that have none */
      result_url: string | null;
      /** @description the task that has to complete before this one may start; null for none */
      run_after: string | null;
      /** @description when the attempt started; null before */
      started_at: string | null;
      /**
       * @description from queued to running to completed, failed or cancelled; a retry leads back to queued
       * @enum {string}
       */
      status: 'queued' | 'running' | 'completed' | 'failed' | 'cancelled';
      /** @description what it is, for people; stays as it is while the description follows the progress */
      subject: string;
      task_id: string;
      /** @description backtest, model_training, prediction, optimization, data_import, or a type that a plug-in module registers */
      task_type: string;
      /** @description whose task it is */
      user_id: string;
      /** @description why it does not start yet, a word for programs; null unless queued. One of cpu, ram, behind, held_back, exclusive, pressure, paused, dependency, retry_delay, user_limit, no_node, starting, or one that a later version adds */
      wait_kind: string | null;
      /** @description why it does not start yet, a sentence for people; null unless queued. Only admins see figures of the machine in it */
      wait_reason: string | null;
    };
    TaskError: {
      /** @description a stable word for programs, such as OUT_OF_MEMORY, or one of the type of task */
      code: string;
      /** @description a sentence for people */
      message: string;
    };
    TaskEvent:
      | {
          data: {
            /** @description for ?cursor= of the next page of both lists; null when both have ended */
            next_cursor: string | null;
            /** @description for admins: tasks of the answering node that have ended while their function goes on in its process, and holds its resources; absent when there is none */
            overdue_functions?: string[];
            /** @description an admin has paused the queue: what runs goes on, nothing starts */
            paused: boolean;
            /** @description how many wait, listed here or not; for admins, of all users */
            queued_count: number;
            /** @description one page, in the order of their places in the queue */
            queued_tasks: components['schemas']['Task'][];
            /** @description the ten that ended last, the newest first */
            recent_tasks: components['schemas']['Task'][];
            /**
             * @description what was missed is not coming: this is the state to go on from
             * @constant
             */
            resumed: false;
            /** @description how many run, listed here or not; for admins, of all users */
            running_count: number;
            /** @description one page; the task that was submitted first comes first */
            running_tasks: components['schemas']['Task'][];
            /** @description whether more tasks wait or run than are listed; GET /api/system/queue lists them page by page */
            truncated: boolean;
          };
          /** @description for admins; absent, not null, for everybody else */
          resources?: components['schemas']['Resources'];
          /**
           * Format: date-time
           * @description when it happened
           */
          timestamp: string;
          /** @constant */
          type: 'initial_state';
        }
      | {
          data: components['schemas']['Task'];
          /** @description for admins; absent, not null, for everybody else */
          resources?: components['schemas']['Resources'];
          /**
           * Format: date-time
           * @description when it happened
           */
          timestamp: string;
          /** @constant */
          type: 'task_queued';
        }
      | {
          data: components['schemas']['Task'];
          /** @description for admins; absent, not null, for everybody else */
          resources?: components['schemas']['Resources'];
          /**
           * Format: date-time
           * @description when it happened
           */
          timestamp: string;
          /** @constant */
          type: 'task_running';
        }
      | {
          data: {
            /** @description what it does while it runs, or what came of it, for people */
            description: string;
            /** @description share that is done, 0 to 1; null where unknown */
            progress: number | null;
            task_id: string;
          };
          /** @description for admins; absent, not null, for everybody else */
          resources?: components['schemas']['Resources'];
          /**
           * Format: date-time
           * @description when it happened
           */
          timestamp: string;
          /** @constant */
          type: 'task_description_update';
        }
      | {
          data: {
            /** @description which attempt this is, from 1 */
            attempt: number;
            /** @description whether it can be cancelled: it waits or runs, and is no function that takes no abort signal */
            can_cancel: boolean;
            /** @description whether it can be retried: it failed or was cancelled, and was no function of a server process */
            can_retry: boolean;
            /** @description when it completed, failed or was cancelled; null before */
            completed_at: string | null;
            /** @description CPU time that it took; null until it has ended, and where it was too short to be measured */
            cpu_seconds: number | null;
            /** @description what it does while it runs, or what came of it, for people */
            description: string;
            /** @description why the task failed or was cancelled; null otherwise */
            error: components['schemas']['TaskError'] | null;
            /** @description cores that it is declared to need */
            estimated_cpu_cores: number;
            /** @description RAM that it is declared to need, in GB of 2^30 bytes */
            estimated_ram_gb: number;
            /** @description when it is expected to start; null unless queued, and where no forecast is possible */
            estimated_start_at: string | null;
            /** @description the path of what its processes printed */
            log_url: string;
            /** @description attempts that the server makes by itself after a lost node or a lack of memory */
            max_attempts: number;
            /** @description the node that runs it or ran it, for admins; null before the attempt starts, and for other users */
            node_id: string | null;
            /** @description most RAM that it held, in GB of 2^30 bytes; null as cpu_seconds is */
            peak_ram_gb: number | null;
            /** @description −100 to 100, higher runs sooner; a step is worth ten minutes of waiting */
            priority: number;
            /** @description share that is done, 0 to 1; null where unknown */
            progress: number | null;
            /** @description place in the whole queue, from 1; null unless queued */
            queue_position: number | null;
            /**
             * Format: date-time
             * @description when it was submitted, or retried
             */
            queued_at: string;
            /** @description the path of its result; null while there is none, and for types that have none */
            result_url: string | null;
            /** @description the task that has to complete before this one may start; null for none */
            run_after: string | null;
            /** @description when the attempt started; null before */
            started_at: string | null;
            /**
             * @description from queued to running to completed, failed or cancelled; a retry leads back to queued
             * @enum {string}
             */
            status: 'queued' | 'running' | 'completed' | 'failed' | 'cancelled';
            /** @description what it is, for people; stays as it is while the description follows the progress */
            subject: string;
            /** @description whether it completed; false: it failed or was cancelled */
            success: boolean;
            task_id: string;
            /** @description backtest, model_training, prediction, optimization, data_import, or a type that a plug-in module registers */
            task_type: string;
            /** @description whose task it is */
            user_id: string;
            /** @description why it does not start yet, a word for programs; null unless queued. One of cpu, ram, behind, held_back, exclusive, pressure, paused, dependency, retry_delay, user_limit, no_node, starting, or one that a later version adds */
            wait_kind: string | null;
            /** @description why it does not start yet, a sentence for people; null unless queued. Only admins see figures of the machine in it */
            wait_reason: string | null;
          };
          /** @description for admins; absent, not null, for everybody else */
          resources?: components['schemas']['Resources'];
          /**
           * Format: date-time
           * @description when it happened
           */
          timestamp: string;
          /** @constant */
          type: 'task_completed';
        }
      | {
          data: {
            /** @description of those whose place or reason has changed */
            positions: {
              /** @description when it is expected to start; null unless queued, and where no forecast is possible */
              estimated_start_at: string | null;
              /** @description place in the whole queue, from 1; null unless queued */
              queue_position: number | null;
              task_id: string;
              /** @description why it does not start yet, a word for programs; null unless queued. One of cpu, ram, behind, held_back, exclusive, pressure, paused, dependency, retry_delay, user_limit, no_node, starting, or one that a later version adds */
              wait_kind: string | null;
              /** @description why it does not start yet, a sentence for people; null unless queued. Only admins see figures of the machine in it */
              wait_reason: string | null;
            }[];
          };
          /** @description for admins; absent, not null, for everybody else */
          resources?: components['schemas']['Resources'];
          /**
           * Format: date-time
           * @description when it happened
           */
          timestamp: string;
          /** @constant */
          type: 'queue_positions';
        }
      | {
          data: {
            /** @description an admin has paused the queue: what runs goes on, nothing starts */
            paused: boolean;
          };
          /** @description for admins; absent, not null, for everybody else */
          resources?: components['schemas']['Resources'];
          /**
           * Format: date-time
           * @description when it happened
           */
          timestamp: string;
          /** @constant */
          type: 'queue_state';
        }
      | {
          /** @description for admins; absent, not null, for everybody else */
          resources?: components['schemas']['Resources'];
          /**
           * Format: date-time
           * @description when it happened
           */
          timestamp: string;
          /** @constant */
          type: 'heartbeat';
        };
    TaskPage: {
      items: components['schemas']['Task'][];
      /** @description for ?cursor= of the next page; null on the last one */
      next_cursor: string | null;
    };
    TokenPair: {
      /** @description for the header Authorization: Bearer */
      access_token: string;
      /** @description seconds until the access token expires */
      expires_in: number;
      /** @description for POST /api/auth/refresh, once; good until 30 days after the login at most */
      refresh_token: string;
      /** @constant */
      token_type: 'Bearer';
    };
    TrainAccepted: {
      /** @description a sentence for people */
      message: string;
      model_id: string;
      /**
       * @description running: its task has started; queued: it waits for its turn
       * @enum {string}
       */
      status: 'running' | 'queued';
      /** @description the same as model_id */
      task_id: string;
    };
    User: {
      /**
       * Format: date-time
       * @description when the account was made
       */
      created_at: string;
      /** @description true: cannot sign in, and all logins have ended */
      disabled: boolean;
      /** @description whether the role is admin */
      is_admin: boolean;
      /**
       * @description user: sees and changes what is their own; admin: everything, users and the queue included
       * @enum {string}
       */
      role: 'admin' | 'user';
      user_id: string;
      username: string;
    };
    UserPage: {
      items: components['schemas']['User'][];
      /** @description for ?cursor= of the next page; null on the last one */
      next_cursor: string | null;
    };
    Verification: {
      /**
       * @description ok: the candles are those that were stored
       * @enum {string}
       */
      checksum: 'ok' | 'mismatch';
      /** @description opening when the candle in front of it does */
      duplicates: {
        /** @description how many candles are so */
        count: number;
        /** @description opening times of the first ten */
        first: string[];
      };
      gaps: {
        /** @description in how many places candles are missing */
        count: number;
        /** @description the first ten places */
        first: components['schemas']['Gap'][];
        /** @description how many candles are missing */
        missing: number;
      };
      /** @description no number, a price not above zero, or a high or low that does not hold */
      impossible: {
        /** @description how many candles are so */
        count: number;
        /** @description opening times of the first ten */
        first: string[];
      };
      /** @description the checksum holds, and no candle is impossible, doubled or out of order */
      intact: boolean;
      /** @description not opening at a whole multiple of the timeframe */
      off_grid: {
        /** @description how many candles are so */
        count: number;
        /** @description opening times of the first ten */
        first: string[];
      };
      /** @description how many candles there are */
      rows: number;
      /** @description far outside its neighbours, by the measure of the moves before it */
      spikes: {
        /** @description how many candles are so */
        count: number;
        /** @description opening times of the first ten */
        first: string[];
      };
      symbol: string;
      /**
       * @description length of a candle: m minutes, h hours, d days, w weeks from Monday; in UTC
       * @enum {string}
       */
      timeframe: '1m' | '5m' | '15m' | '30m' | '1h' | '2h' | '4h' | '6h' | '12h' | '1d' | '1w';
      /** @description opening before the candle in front of it */
      wrong_order: {
        /** @description how many candles are so */
        count: number;
        /** @description opening times of the first ten */
        first: string[];
      };
      /** @description a volume of 0 */
      zero_volume: {
        /** @description how many candles are so */
        count: number;
        /** @description opening times of the first ten */
        first: string[];
      };
    };
  };
  responses: never;
  parameters: never;
  requestBodies: never;
  headers: never;
  pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
  audit_list: {
    parameters: {
      query?: {
        /** @description next_cursor of the page before, as it came; the first page when left out */
        cursor?: string;
        /** @description how many items a page has at most, 1 to 200; 50 when left out */
        limit?: number;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Who did what to whom, from where, when; newest first */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "items": [
           *         {
           *           "id": 17,
           *           "at": "2026-01-05T09:30:00.000Z",
           *           "actor_id": "51627a66-b91f-4e67-adf0-c68170dc5e3c",
           *           "actor": "admin",
           *           "action": "user_created",
           *           "target": "grace",
           *           "address": "192.0.2.7"
           *         }
           *       ],
           *       "next_cursor": null
           *     }
           */
          'application/json': components['schemas']['AuditPage'];
        };
      };
      /** @description a refusal */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  auth_login: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "username": "grace",
         *       "password": "twelve characters or more"
         *     }
         */
        'application/json': {
          /** @description as it was set */
          password: string;
          /** @description in letters of either case */
          username: string;
        };
      };
    };
    responses: {
      /** @description Sign in */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "access_token": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.….…",
           *       "refresh_token": "8c1f6a52-….….…",
           *       "token_type": "Bearer",
           *       "expires_in": 900
           *     }
           */
          'application/json': components['schemas']['TokenPair'];
        };
      };
      /** @description a refusal */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  auth_logout: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description End this login: its tokens and its streams */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description a refusal */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  auth_me: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Who am I */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "user_id": "51627a66-b91f-4e67-adf0-c68170dc5e3c",
           *       "username": "grace",
           *       "role": "user",
           *       "is_admin": false,
           *       "created_at": "2026-01-05T09:30:00.000Z"
           *     }
           */
          'application/json': components['schemas']['Me'];
        };
      };
      /** @description a refusal */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  auth_changePassword: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "current_password": "twelve characters or more",
         *       "new_password": "another twelve characters"
         *     }
         */
        'application/json': {
          /** @description as it is until now */
          current_password: string;
          /** @description 12 to 256 characters of any kind */
          new_password: string;
        };
      };
    };
    responses: {
      /** @description Change the own password */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description a refusal */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  auth_refresh: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "refresh_token": "8c1f6a52-….….…"
         *     }
         */
        'application/json': {
          /** @description of the last login or refresh; this call spends it */
          refresh_token: string;
        };
      };
    };
    responses: {
      /** @description Trade a refresh token for a new pair */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "access_token": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.….…",
           *       "refresh_token": "8c1f6a52-….….…",
           *       "token_type": "Bearer",
           *       "expires_in": 900
           *     }
           */
          'application/json': components['schemas']['TokenPair'];
        };
      };
      /** @description a refusal */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  auth_issueStreamTicket: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description A ticket that opens one event stream, once, within 30 s */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "ticket": "3q2-7w….1767607800000",
           *       "expires_in": 30
           *     }
           */
          'application/json': components['schemas']['StreamTicket'];
        };
      };
      /** @description a refusal */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  backtests_list: {
    parameters: {
      query?: {
        /** @description next_cursor of the page before, as it came; the first page when left out */
        cursor?: string;
        /**
         * @description how many items a page has at most, 1 to 200; 50 when left out
         * @example 5
         */
        limit?: number;
        /**
         * @description only those whose task has this status; all when left out
         * @example completed
         */
        status?: 'queued' | 'running' | 'completed' | 'failed' | 'cancelled';
        /**
         * @description only those of the strategy with exactly this name, such as SmaCross; all when left out
         * @example SmaCross
         */
        strategy?: string;
        /** @description only those of this symbol, such as BTC_USDT, however it is written (btc/usdt, BTCUSDT); all when left out */
        symbol?: string;
        /** @description backtest: only single runs; optimization: only sweeps; both when left out */
        type?: 'backtest' | 'optimization';
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Backtests, newest first */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "items": [
           *         {
           *           "backtest_id": "95e8645e-02d2-4eaf-9650-2bf36d6e8669",
           *           "type": "backtest",
           *           "status": "completed",
           *           "title": "first try",
           *           "notes": null,
           *           "request": {
           *             "strategy": "SmaCross",
           *             "symbol": "BTC_USDT",
           *             "timeframe": "1h",
           *             "start_date": "2024-01-01",
           *             "end_date": "2024-02-01",
           *             "initial_capital": 10000,
           *             "params": {
           *               "fast_period": 12,
           *               "slow_period": 48
           *             },
           *             "commission": 0.001,
           *             "slippage": 0.0005
           *           },
           *           "created_at": "2026-01-05T10:00:00.000Z",
           *           "duration_s": 0.41,
           *           "dataset": {
           *             "symbol": "BTC_USDT",
           *             "timeframe": "1h",
           *             "rows": 744,
           *             "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
           *             "synthetic": true
           *           },
           *           "engine_version": "1.0.0",
           *           "performance": {
           *             "total_return": 0.03087,
           *             "sharpe_ratio": 1.1,
           *             "max_drawdown": 0.042
           *           },
           *           "look_ahead": null,
           *           "optimization": null,
           *           "cached": false,
           *           "error": null,
           *           "warnings": []
           *         }
           *       ],
           *       "next_cursor": null
           *     }
           */
          'application/json': components['schemas']['BacktestPage'];
        };
      };
      /** @description a refusal */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  backtests_get: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /**
         * @description the backtest_id of a run or of a sweep
         * @example 95e8645e-02d2-4eaf-9650-2bf36d6e8669
         */
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description A backtest with its curves and trades, or a sweep with its ranked runs */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "backtest_id": "95e8645e-02d2-4eaf-9650-2bf36d6e8669",
           *       "type": "backtest",
           *       "status": "completed",
           *       "title": "first try",
           *       "notes": null,
           *       "request": {
           *         "strategy": "SmaCross",
           *         "symbol": "BTC_USDT",
           *         "timeframe": "1h",
           *         "start_date": "2024-01-01",
           *         "end_date": "2024-02-01",
           *         "initial_capital": 10000,
           *         "params": {
           *           "fast_period": 12,
           *           "slow_period": 48
           *         },
           *         "commission": 0.001,
           *         "slippage": 0.0005
           *       },
           *       "created_at": "2026-01-05T10:00:00.000Z",
           *       "duration_s": 0.41,
           *       "dataset": {
           *         "symbol": "BTC_USDT",
           *         "timeframe": "1h",
           *         "rows": 744,
           *         "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
           *         "synthetic": true
           *       },
           *       "engine_version": "1.0.0",
           *       "performance": {
           *         "total_return": 0.03087,
           *         "sharpe_ratio": 1.1,
           *         "max_drawdown": 0.042
           *       },
           *       "look_ahead": null,
           *       "optimization": null,
           *       "cached": false,
           *       "error": null,
           *       "warnings": [],
           *       "equity_curve": [
           *         {
           *           "time": "2024-01-01T00:00:00.000Z",
           *           "equity": 10000
           *         },
           *         {
           *           "time": "2024-01-31T23:00:00.000Z",
           *           "equity": 10308.7
           *         }
           *       ],
           *       "drawdown_curve": [
           *         {
           *           "time": "2024-01-31T23:00:00.000Z",
           *           "drawdown": 0.004
           *         }
           *       ],
           *       "trades": [
           *         {
           *           "entry_time": "2024-01-03T05:00:00.000Z",
           *           "exit_time": "2024-01-04T11:00:00.000Z",
           *           "direction": "long",
           *           "size": 0.235,
           *           "entry_price": 42500,
           *           "exit_price": 43900,
           *           "pnl": 308.7,
           *           "return": 0.0309,
           *           "commission": 20.3,
           *           "exit_reason": "signal",
           *           "bars": 30
           *         }
           *       ],
           *       "monthly_returns": [
           *         {
           *           "month": "2024-01",
           *           "return": 0.03087
           *         }
           *       ]
           *     }
           */
          'application/json': components['schemas']['Result'];
        };
      };
      /** @description a refusal */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  backtests_remove: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /**
         * @description the backtest_id of a run or of a sweep
         * @example 95e8645e-02d2-4eaf-9650-2bf36d6e8669
         */
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Delete a finished backtest and its files */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description a refusal */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  backtests_patch: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /**
         * @description the backtest_id of a run or of a sweep
         * @example 95e8645e-02d2-4eaf-9650-2bf36d6e8669
         */
        id: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "title": "first try",
         *       "notes": null
         *     }
         */
        'application/json': {
          /** @description up to 10,000 characters; null for none */
          notes?: string | null;
          /** @description up to 200 characters; null for none */
          title?: string | null;
        };
      };
    };
    responses: {
      /** @description Name a backtest or note something */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "backtest_id": "95e8645e-02d2-4eaf-9650-2bf36d6e8669",
           *       "type": "backtest",
           *       "status": "completed",
           *       "title": "first try",
           *       "notes": null,
           *       "request": {
           *         "strategy": "SmaCross",
           *         "symbol": "BTC_USDT",
           *         "timeframe": "1h",
           *         "start_date": "2024-01-01",
           *         "end_date": "2024-02-01",
           *         "initial_capital": 10000,
           *         "params": {
           *           "fast_period": 12,
           *           "slow_period": 48
           *         },
           *         "commission": 0.001,
           *         "slippage": 0.0005
           *       },
           *       "created_at": "2026-01-05T10:00:00.000Z",
           *       "duration_s": 0.41,
           *       "dataset": {
           *         "symbol": "BTC_USDT",
           *         "timeframe": "1h",
           *         "rows": 744,
           *         "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
           *         "synthetic": true
           *       },
           *       "engine_version": "1.0.0",
           *       "performance": {
           *         "total_return": 0.03087,
           *         "sharpe_ratio": 1.1,
           *         "max_drawdown": 0.042
           *       },
           *       "look_ahead": null,
           *       "optimization": null,
           *       "cached": false,
           *       "error": null,
           *       "warnings": []
           *     }
           */
          'application/json': components['schemas']['BacktestSummary'];
        };
      };
      /** @description a refusal */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  backtests_trades: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /**
         * @description the backtest_id of a run or of a sweep
         * @example 95e8645e-02d2-4eaf-9650-2bf36d6e8669
         */
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The trades of a completed backtest as CSV */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /** @example entry_time,exit_time,direction,size,entry_price,exit_price,pnl,return,commission,exit_reason,bars */
          'text/csv': string;
        };
      };
      /** @description a refusal */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  backtests_compare: {
    parameters: {
      query: {
        /**
         * @description two to four backtest_id of single runs, with commas between them and nothing else
         * @example 95e8645e-02d2-4eaf-9650-2bf36d6e8669,95e8645e-02d2-4eaf-9650-2bf36d6e8669
         */
        ids: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Two to four results at once, in the order asked for */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "items": [
           *         {
           *           "backtest_id": "95e8645e-02d2-4eaf-9650-2bf36d6e8669",
           *           "type": "backtest",
           *           "status": "completed",
           *           "title": "first try",
           *           "notes": null,
           *           "request": {
           *             "strategy": "SmaCross",
           *             "symbol": "BTC_USDT",
           *             "timeframe": "1h",
           *             "start_date": "2024-01-01",
           *             "end_date": "2024-02-01",
           *             "initial_capital": 10000,
           *             "params": {
           *               "fast_period": 12,
           *               "slow_period": 48
           *             },
           *             "commission": 0.001,
           *             "slippage": 0.0005
           *           },
           *           "created_at": "2026-01-05T10:00:00.000Z",
           *           "duration_s": 0.41,
           *           "dataset": {
           *             "symbol": "BTC_USDT",
           *             "timeframe": "1h",
           *             "rows": 744,
           *             "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
           *             "synthetic": true
           *           },
           *           "engine_version": "1.0.0",
           *           "performance": {
           *             "total_return": 0.03087,
           *             "sharpe_ratio": 1.1,
           *             "max_drawdown": 0.042
           *           },
           *           "look_ahead": null,
           *           "optimization": null,
           *           "cached": false,
           *           "error": null,
           *           "warnings": [],
           *           "equity_curve": [
           *             {
           *               "time": "2024-01-01T00:00:00.000Z",
           *               "equity": 10000
           *             },
           *             {
           *               "time": "2024-01-31T23:00:00.000Z",
           *               "equity": 10308.7
           *             }
           *           ],
           *           "drawdown_curve": [
           *             {
           *               "time": "2024-01-31T23:00:00.000Z",
           *               "drawdown": 0.004
           *             }
           *           ],
           *           "trades": [
           *             {
           *               "entry_time": "2024-01-03T05:00:00.000Z",
           *               "exit_time": "2024-01-04T11:00:00.000Z",
           *               "direction": "long",
           *               "size": 0.235,
           *               "entry_price": 42500,
           *               "exit_price": 43900,
           *               "pnl": 308.7,
           *               "return": 0.0309,
           *               "commission": 20.3,
           *               "exit_reason": "signal",
           *               "bars": 30
           *             }
           *           ],
           *           "monthly_returns": [
           *             {
           *               "month": "2024-01",
           *               "return": 0.03087
           *             }
           *           ]
           *         },
           *         {
           *           "backtest_id": "95e8645e-02d2-4eaf-9650-2bf36d6e8669",
           *           "type": "backtest",
           *           "status": "completed",
           *           "title": "first try",
           *           "notes": null,
           *           "request": {
           *             "strategy": "SmaCross",
           *             "symbol": "BTC_USDT",
           *             "timeframe": "1h",
           *             "start_date": "2024-01-01",
           *             "end_date": "2024-02-01",
           *             "initial_capital": 10000,
           *             "params": {
           *               "fast_period": 12,
           *               "slow_period": 48
           *             },
           *             "commission": 0.001,
           *             "slippage": 0.0005
           *           },
           *           "created_at": "2026-01-05T10:00:00.000Z",
           *           "duration_s": 0.41,
           *           "dataset": {
           *             "symbol": "BTC_USDT",
           *             "timeframe": "1h",
           *             "rows": 744,
           *             "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
           *             "synthetic": true
           *           },
           *           "engine_version": "1.0.0",
           *           "performance": {
           *             "total_return": 0.03087,
           *             "sharpe_ratio": 1.1,
           *             "max_drawdown": 0.042
           *           },
           *           "look_ahead": null,
           *           "optimization": null,
           *           "cached": false,
           *           "error": null,
           *           "warnings": [],
           *           "equity_curve": [
           *             {
           *               "time": "2024-01-01T00:00:00.000Z",
           *               "equity": 10000
           *             },
           *             {
           *               "time": "2024-01-31T23:00:00.000Z",
           *               "equity": 10308.7
           *             }
           *           ],
           *           "drawdown_curve": [
           *             {
           *               "time": "2024-01-31T23:00:00.000Z",
           *               "drawdown": 0.004
           *             }
           *           ],
           *           "trades": [
           *             {
           *               "entry_time": "2024-01-03T05:00:00.000Z",
           *               "exit_time": "2024-01-04T11:00:00.000Z",
           *               "direction": "long",
           *               "size": 0.235,
           *               "entry_price": 42500,
           *               "exit_price": 43900,
           *               "pnl": 308.7,
           *               "return": 0.0309,
           *               "commission": 20.3,
           *               "exit_reason": "signal",
           *               "bars": 30
           *             }
           *           ],
           *           "monthly_returns": [
           *             {
           *               "month": "2024-01",
           *               "return": 0.03087
           *             }
           *           ]
           *         }
           *       ]
           *     }
           */
          'application/json': components['schemas']['BacktestComparison'];
        };
      };
      /** @description a refusal */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  backtests_optimize: {
    parameters: {
      query?: never;
      header?: {
        /**
         * @description names this request: sent again within 24 h, it gets the first answer again. 1 to 128 printable ASCII characters, of the user alone; with another request it is refused
         * @example my-first-run
         */
        'Idempotency-Key'?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "strategy": "SmaCross",
         *       "symbol": "BTC_USDT",
         *       "timeframe": "1h",
         *       "start_date": "2024-01-01",
         *       "end_date": "2024-02-01",
         *       "initial_capital": 10000,
         *       "params": {},
         *       "commission": 0.001,
         *       "slippage": 0.0005,
         *       "space": {
         *         "fast_period": {
         *           "min": 8,
         *           "max": 16,
         *           "step": 4
         *         },
         *         "slow_period": [
         *           24,
         *           48
         *         ]
         *       },
         *       "method": "grid",
         *       "objective": "sharpe_ratio"
         *     }
         */
        'application/json': {
          /**
           * @description run although the model has learned from candles of the span; the result says so
           * @default false
           */
          allow_leakage?: boolean;
          /**
           * @description fraction of the traded value, charged on each fill
           * @default 0.001
           */
          commission?: number;
          /**
           * @description money, charged on each fill beside that
           * @default 0
           */
          commission_fixed?: number;
          /** @description where the span ends, exclusive: YYYY-MM-DD (midnight UTC) or an ISO-8601 timestamp with its offset, 1970 to 2100 */
          end_date: string;
          /**
           * @description close what is open at the end, at the last close
           * @default true
           */
          finalise?: boolean;
          /**
           * @description long and short trades may stand side by side
           * @default false
           */
          hedging?: boolean;
          /** @description money to begin with, in the quote currency, up to 1e12 */
          initial_capital: number;
          /**
           * @description how many times its margin a position may be worth, 1 to 100
           * @default 1
           */
          leverage?: number;
          /**
           * @description sizes are whole multiples of this many units; 1 for shares
           * @default 1e-8
           */
          lot_step?: number;
          /** @description fraction of the position that the equity must keep; half of 1 / leverage when absent */
          maintenance_margin?: number;
          /**
           * @description how many runs there may be, 1 to 10000; a grid of more is refused
           * @default 1000
           */
          max_runs?: number;
          /**
           * @description grid: every combination; random: max_runs different ones, the same for the same seed
           * @default grid
           * @enum {string}
           */
          method?: 'grid' | 'random';
          /**
           * Format: uuid
           * @description the model of a strategy that requires one, trained or in training; without it such a strategy trains its own on the candles before those it trades on
           */
          model_id?: string;
          /**
           * @description what runs are ranked by: the highest is the best, of max_drawdown the lowest
           * @default sharpe_ratio
           * @enum {string}
           */
          objective?:
            | 'total_return'
            | 'cagr'
            | 'sharpe_ratio'
            | 'sortino_ratio'
            | 'calmar_ratio'
            | 'max_drawdown'
            | 'profit_factor'
            | 'expectancy'
            | 'win_rate'
            | 'sqn';
          /**
           * @description of the strategy, as its params_schema says; what is left out has its default
           * @default {}
           */
          params?: {
            [key: string]: unknown;
          };
          /** @description annualises in place of what the data's own calendar says */
          periods_per_year?: number;
          /**
           * @description of the task in the queue, −100 to 0; higher runs sooner
           * @default 0
           */
          priority?: number;
          /**
           * @description of whatever is drawn at random
           * @default 0
           */
          seed?: number;
          /**
           * @description fraction of the equity put into each entry, or {units}, or {risk}: what a stop loss may cost of it
           * @default 1
           */
          size?:
            | number
            | {
                /** @description units of the base asset, up to 1e12 */
                units: number;
              }
            | {
                /** @description fraction of the equity that is lost when the stop loss fills at its price */
                risk: number;
              };
          /**
           * @description fraction of the price, always against the trader
           * @default 0
           */
          slippage?: number;
          /** @description what varies: {parameter: {min, max, step} or [values]} */
          space: {
            [key: string]:
              | {
                  /** @description the last value, or what it must not be above */
                  max: number;
                  /** @description the first value */
                  min: number;
                  /** @description from one value to the next */
                  step: number;
                }
              | unknown[];
          };
          /**
           * @description fraction of the price between bid and ask, paid at entry
           * @default 0
           */
          spread?: number;
          /** @description where the span begins, inclusive: YYYY-MM-DD (midnight UTC) or an ISO-8601 timestamp with its offset, 1970 to 2100 */
          start_date: string;
          /** @description a name that GET /api/backtests/strategies lists */
          strategy: string;
          /** @description such as BTC_USDT; in letters of either case, with / or - in place of _, or with none of these where a single stored symbol has the same letters */
          symbol: string;
          /**
           * @description length of a candle: m minutes, h hours, d days, w weeks from Monday; in UTC
           * @default 1h
           * @enum {string}
           */
          timeframe?: '1m' | '5m' | '15m' | '30m' | '1h' | '2h' | '4h' | '6h' | '12h' | '1d' | '1w';
          /** @description for people, up to 200 characters */
          title?: string;
          /**
           * @description fill market orders at the close that they were decided on, not at the next open
           * @default false
           */
          trade_on_close?: boolean;
          /** @description choose on train_days, judge on the test_days after them, and roll on */
          walk_forward?: {
            /** @description days that it is judged on; windows follow each other by so many */
            test_days: number;
            /** @description days that a window is chosen on */
            train_days: number;
          };
        };
      };
    };
    responses: {
      /** @description Run a strategy with many parameters and rank the runs */
      202: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "status": "queued",
           *       "backtest_id": "95e8645e-02d2-4eaf-9650-2bf36d6e8669",
           *       "message": "Optimization queued. Check Status Center for progress."
           *     }
           */
          'application/json': components['schemas']['BacktestAccepted'];
        };
      };
      /** @description a refusal */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  backtests_run: {
    parameters: {
      query?: never;
      header?: {
        /**
         * @description names this request: sent again within 24 h, it gets the first answer again. 1 to 128 printable ASCII characters, of the user alone; with another request it is refused
         * @example my-first-run
         */
        'Idempotency-Key'?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "strategy": "SmaCross",
         *       "symbol": "BTC_USDT",
         *       "timeframe": "1h",
         *       "start_date": "2024-01-01",
         *       "end_date": "2024-02-01",
         *       "initial_capital": 10000,
         *       "params": {
         *         "fast_period": 12,
         *         "slow_period": 48
         *       },
         *       "commission": 0.001,
         *       "slippage": 0.0005
         *     }
         */
        'application/json': {
          /**
           * @description run although the model has learned from candles of the span; the result says so
           * @default false
           */
          allow_leakage?: boolean;
          /**
           * @description answer from the stored result of the same request on the same candles
           * @default true
           */
          cache?: boolean;
          /**
           * @description run again on shortened data and say whether an earlier decision changes
           * @default false
           */
          check_lookahead?: boolean;
          /**
           * @description fraction of the traded value, charged on each fill
           * @default 0.001
           */
          commission?: number;
          /**
           * @description money, charged on each fill beside that
           * @default 0
           */
          commission_fixed?: number;
          /** @description where the span ends, exclusive: YYYY-MM-DD (midnight UTC) or an ISO-8601 timestamp with its offset, 1970 to 2100 */
          end_date: string;
          /**
           * @description close what is open at the end, at the last close
           * @default true
           */
          finalise?: boolean;
          /**
           * @description long and short trades may stand side by side
           * @default false
           */
          hedging?: boolean;
          /** @description money to begin with, in the quote currency, up to 1e12 */
          initial_capital: number;
          /**
           * @description how many times its margin a position may be worth, 1 to 100
           * @default 1
           */
          leverage?: number;
          /**
           * @description sizes are whole multiples of this many units; 1 for shares
           * @default 1e-8
           */
          lot_step?: number;
          /** @description fraction of the position that the equity must keep; half of 1 / leverage when absent */
          maintenance_margin?: number;
          /**
           * Format: uuid
           * @description the model of a strategy that requires one, trained or in training; without it such a strategy trains its own on the candles before those it trades on
           */
          model_id?: string;
          /**
           * @description of the strategy, as its params_schema says; what is left out has its default
           * @default {}
           */
          params?: {
            [key: string]: unknown;
          };
          /** @description annualises in place of what the data's own calendar says */
          periods_per_year?: number;
          /**
           * @description of the task in the queue, −100 to 0; higher runs sooner
           * @default 0
           */
          priority?: number;
          /**
           * @description of whatever is drawn at random
           * @default 0
           */
          seed?: number;
          /**
           * @description fraction of the equity put into each entry, or {units}, or {risk}: what a stop loss may cost of it
           * @default 1
           */
          size?:
            | number
            | {
                /** @description units of the base asset, up to 1e12 */
                units: number;
              }
            | {
                /** @description fraction of the equity that is lost when the stop loss fills at its price */
                risk: number;
              };
          /**
           * @description fraction of the price, always against the trader
           * @default 0
           */
          slippage?: number;
          /**
           * @description fraction of the price between bid and ask, paid at entry
           * @default 0
           */
          spread?: number;
          /** @description where the span begins, inclusive: YYYY-MM-DD (midnight UTC) or an ISO-8601 timestamp with its offset, 1970 to 2100 */
          start_date: string;
          /** @description a name that GET /api/backtests/strategies lists */
          strategy: string;
          /** @description such as BTC_USDT; in letters of either case, with / or - in place of _, or with none of these where a single stored symbol has the same letters */
          symbol: string;
          /**
           * @description length of a candle: m minutes, h hours, d days, w weeks from Monday; in UTC
           * @default 1h
           * @enum {string}
           */
          timeframe?: '1m' | '5m' | '15m' | '30m' | '1h' | '2h' | '4h' | '6h' | '12h' | '1d' | '1w';
          /** @description for people, up to 200 characters */
          title?: string;
          /**
           * @description fill market orders at the close that they were decided on, not at the next open
           * @default false
           */
          trade_on_close?: boolean;
        };
      };
    };
    responses: {
      /** @description Run a backtest */
      202: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "status": "running",
           *       "backtest_id": "95e8645e-02d2-4eaf-9650-2bf36d6e8669",
           *       "message": "Backtest started. Check Status Center for progress."
           *     }
           */
          'application/json': components['schemas']['BacktestAccepted'];
        };
      };
      /** @description a refusal */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  backtests_strategies: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The strategies, each with the JSON Schema of its params */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example [
           *       {
           *         "name": "SmaCross",
           *         "label": "SMA crossover",
           *         "description": "Long while a fast moving average is above a slow one.",
           *         "category": "trend",
           *         "requires_model": false,
           *         "params_schema": {
           *           "type": "object",
           *           "properties": {
           *             "fast_period": {
           *               "type": "integer",
           *               "default": 10
           *             }
           *           }
           *         }
           *       }
           *     ]
           */
          'application/json': components['schemas']['StrategyList'];
        };
      };
      /** @description a refusal */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  health_live: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The process answers */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "status": "up"
           *     }
           */
          'application/json': components['schemas']['Liveness'];
        };
      };
      /** @description a refusal */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  health_ready: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The node can do its work */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "status": "up",
           *       "database": "up",
           *       "worker": "up",
           *       "monitor": "up"
           *     }
           */
          'application/json': components['schemas']['Readiness'];
        };
      };
      /** @description a refusal */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  market_data_candles: {
    parameters: {
      query: {
        /** @description end of the opening times, exclusive: YYYY-MM-DD (midnight UTC) or an ISO-8601 timestamp with its offset, 1970 to 2100. When left out, after the last stored candle */
        end?: string;
        /**
         * @description how many candles to give at most, the first ones of the span; 1 to 5000, 500 when left out
         * @example 2
         */
        limit?: number;
        /**
         * @description earliest opening time, inclusive: YYYY-MM-DD (midnight UTC) or an ISO-8601 timestamp with its offset, 1970 to 2100. When left out, limit periods before the end
         * @example 2024-01-01
         */
        start?: string;
        /**
         * @description such as BTC_USDT; in letters of either case, with / or - in place of _, or with none of these where a single stored symbol has the same letters
         * @example BTC_USDT
         */
        symbol: string;
        /**
         * @description length of a candle, 1h when left out; made of the longest shorter ones where it is not stored
         * @example 1d
         */
        timeframe?: '1m' | '5m' | '15m' | '30m' | '1h' | '2h' | '4h' | '6h' | '12h' | '1d' | '1w';
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Candles, oldest first */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "symbol": "BTC_USDT",
           *       "timeframe": "1d",
           *       "synthetic": true,
           *       "candles": [
           *         {
           *           "time": "2024-01-01T00:00:00.000Z",
           *           "open": 42280,
           *           "high": 42610,
           *           "low": 42190,
           *           "close": 42500,
           *           "volume": 311.4
           *         }
           *       ]
           *     }
           */
          'application/json': components['schemas']['CandleList'];
        };
      };
      /** @description a refusal */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  market_data_datasets: {
    parameters: {
      query?: {
        /** @description next_cursor of the page before, as it came; the first page when left out */
        cursor?: string;
        /** @description how many items a page has at most, 1 to 200; 50 when left out */
        limit?: number;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The stored series, with their source, checksum and gaps */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "items": [
           *         {
           *           "symbol": "BTC_USDT",
           *           "timeframe": "1h",
           *           "start": "2022-01-01T00:00:00.000Z",
           *           "end": "2025-12-31T23:00:00.000Z",
           *           "rows": 35064,
           *           "synthetic": true,
           *           "shared": true,
           *           "owner": "shared",
           *           "hidden": false,
           *           "missing": 0,
           *           "gaps": 0,
           *           "source": "synthetic",
           *           "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
           *         }
           *       ],
           *       "next_cursor": null
           *     }
           */
          'application/json': components['schemas']['DatasetPage'];
        };
      };
      /** @description a refusal */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  market_data_remove: {
    parameters: {
      query?: {
        /**
         * @description true: everybody's series, which admins alone may delete; false, the default: the own one, for which verify and export take everybody's where there is none
         * @example true
         */
        shared?: 'true' | 'false';
      };
      header?: never;
      path: {
        /**
         * @description symbol of the series, as the list of datasets writes it: BTC_USDT
         * @example BTC_USDT
         */
        symbol: string;
        /**
         * @description length of its candles; the very series, none is made of shorter candles
         * @example 1h
         */
        timeframe: '1m' | '5m' | '15m' | '30m' | '1h' | '2h' | '4h' | '6h' | '12h' | '1d' | '1w';
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Delete a series */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description a refusal */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  market_data_export: {
    parameters: {
      query?: {
        /**
         * @description true: everybody's series, which admins alone may delete; false, the default: the own one, for which verify and export take everybody's where there is none
         * @example true
         */
        shared?: 'true' | 'false';
      };
      header?: never;
      path: {
        /**
         * @description symbol of the series, as the list of datasets writes it: BTC_USDT
         * @example BTC_USDT
         */
        symbol: string;
        /**
         * @description length of its candles; the very series, none is made of shorter candles
         * @example 1h
         */
        timeframe: '1m' | '5m' | '15m' | '30m' | '1h' | '2h' | '4h' | '6h' | '12h' | '1d' | '1w';
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description A series as CSV */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example time,open,high,low,close,volume
           *     2024-01-01T00:00:00.000Z,42280,42610,42190,42500,311.4
           */
          'text/csv': string;
        };
      };
      /** @description a refusal */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  market_data_verify: {
    parameters: {
      query?: {
        /**
         * @description true: everybody's series, which admins alone may delete; false, the default: the own one, for which verify and export take everybody's where there is none
         * @example true
         */
        shared?: 'true' | 'false';
      };
      header?: never;
      path: {
        /**
         * @description symbol of the series, as the list of datasets writes it: BTC_USDT
         * @example BTC_USDT
         */
        symbol: string;
        /**
         * @description length of its candles; the very series, none is made of shorter candles
         * @example 1h
         */
        timeframe: '1m' | '5m' | '15m' | '30m' | '1h' | '2h' | '4h' | '6h' | '12h' | '1d' | '1w';
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Look at every candle of a series */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "symbol": "BTC_USDT",
           *       "timeframe": "1h",
           *       "rows": 35064,
           *       "intact": true,
           *       "checksum": "ok",
           *       "gaps": {
           *         "count": 0,
           *         "missing": 0,
           *         "first": []
           *       },
           *       "wrong_order": {
           *         "count": 0,
           *         "first": []
           *       },
           *       "duplicates": {
           *         "count": 0,
           *         "first": []
           *       },
           *       "impossible": {
           *         "count": 0,
           *         "first": []
           *       },
           *       "off_grid": {
           *         "count": 0,
           *         "first": []
           *       },
           *       "spikes": {
           *         "count": 0,
           *         "first": []
           *       },
           *       "zero_volume": {
           *         "count": 0,
           *         "first": []
           *       }
           *     }
           */
          'application/json': components['schemas']['Verification'];
        };
      };
      /** @description a refusal */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  market_data_import: {
    parameters: {
      query?: {
        /** @description true: prices adjusted for splits and dividends, from an "Adj Close" column */
        adjusted?: 'true' | 'false';
        /** @description what each column is, in order: time, time_of_day, open, high, low, close, volume, symbol, adjusted_close or - for none of these; by the names in the header when left out */
        columns?: string;
        /** @description what stands between the cells of a CSV file; detected when left out */
        delimiter?: ',' | ';' | 'tab' | '|';
        /** @description shown as the source of the candles */
        filename?: string;
        /** @description whose layout a CSV file has; detected when left out */
        layout?: 'binance' | 'cryptodatadownload' | 'yahoo' | 'stooq' | 'generic';
        /** @description merge, the default: new candles win where both have one; replace: the stored series gives way to them */
        mode?: 'merge' | 'replace';
        /** @description fail, the default: one refused row fails the import; skip: such rows are left out and counted */
        on_bad_rows?: 'fail' | 'skip';
        /**
         * @description true: detect, look at the first thousand rows and store nothing
         * @example true
         */
        preview?: 'true' | 'false';
        /** @description true: everybody's data, for admins only; false, the default: the user's own */
        shared?: 'true' | 'false';
        /**
         * @description what the candles of the file are of, such as BTC_USDT; required with a file (a JSON body names its own)
         * @example BTC_USDT
         */
        symbol?: string;
        /** @description s, ms, us or ns since 1970, yyyymmdd, iso (the year first), dmy or mdy (the day or the month first); detected when left out */
        time_format?: 's' | 'ms' | 'us' | 'ns' | 'yyyymmdd' | 'iso' | 'dmy' | 'mdy';
        /** @description IANA zone of times that name none, such as America/New_York; UTC is assumed and counted otherwise */
        time_zone?: string;
        /**
         * @description length of a candle; the usual distance of the first thousand rows when left out
         * @example 1h
         */
        timeframe?: '1m' | '5m' | '15m' | '30m' | '1h' | '2h' | '4h' | '6h' | '12h' | '1d' | '1w';
      };
      header?: {
        /**
         * @description names this request: sent again within 24 h, it gets the first answer again. 1 to 128 printable ASCII characters, of the user alone; with another request it is refused
         * @example my-first-run
         */
        'Idempotency-Key'?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/gzip': unknown;
        /**
         * @example {
         *       "exchange": "kraken",
         *       "symbol": "BTC_USDT",
         *       "timeframe": "1d",
         *       "start": "2024-01-01"
         *     }
         */
        'application/json': {
          /** @description end of the opening times, exclusive: YYYY-MM-DD (midnight UTC) or an ISO-8601 timestamp with its offset, 1970 to 2100. Now when left out */
          end?: string;
          /** @description name of an exchange as ccxt has it, such as binance or kraken */
          exchange: string;
          /**
           * @description true: everybody's data, for admins only; false: the user's own
           * @default false
           */
          shared?: boolean;
          /** @description earliest opening time, inclusive: YYYY-MM-DD (midnight UTC) or an ISO-8601 timestamp with its offset, 1970 to 2100. After the last stored candle when left out */
          start?: string;
          /** @description such as BTC_USDT; in letters of either case, with / or - in place of _, or with none of these where a single stored symbol has the same letters */
          symbol: string;
          /**
           * @description length of a candle: m minutes, h hours, d days, w weeks from Monday; in UTC
           * @enum {string}
           */
          timeframe: '1m' | '5m' | '15m' | '30m' | '1h' | '2h' | '4h' | '6h' | '12h' | '1d' | '1w';
        };
        'application/octet-stream': unknown;
        'application/vnd.apache.parquet': unknown;
        'application/zip': unknown;
        'text/csv': unknown;
        'text/plain': unknown;
      };
    };
    responses: {
      /** @description Import candles from a file or from an exchange */
      202: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "status": "queued",
           *       "import_id": "d1c7a6f4-0d55-4f0e-9b1d-3f2a1e0c9b8a",
           *       "task_id": "d1c7a6f4-0d55-4f0e-9b1d-3f2a1e0c9b8a",
           *       "message": "Import queued. Check Status Center for progress."
           *     }
           */
          'application/json': components['schemas']['ImportAccepted'];
        };
      };
      /** @description a refusal */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  market_data_get: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /**
         * @description the import_id that the import was answered with
         * @example d1c7a6f4-0d55-4f0e-9b1d-3f2a1e0c9b8a
         */
        import_id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description What an import found and did */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "import_id": "d1c7a6f4-0d55-4f0e-9b1d-3f2a1e0c9b8a",
           *       "status": "queued",
           *       "error": null,
           *       "report": null
           *     }
           */
          'application/json': components['schemas']['ImportInfo'];
        };
      };
      /** @description a refusal */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  market_data_schedules_list: {
    parameters: {
      query?: {
        /** @description next_cursor of the page before, as it came; the first page when left out */
        cursor?: string;
        /** @description how many items a page has at most, 1 to 200; 50 when left out */
        limit?: number;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The series that are kept fresh */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "items": [
           *         {
           *           "schedule_id": "6f9c0d0e-6a0b-4c9a-9a51-5f6f5b6a7c11",
           *           "exchange": "kraken",
           *           "symbol": "BTC_USDT",
           *           "timeframe": "1h",
           *           "start": null,
           *           "every_minutes": 60,
           *           "shared": false,
           *           "created_at": "2026-01-05T10:00:00.000Z",
           *           "next_run_at": "2026-01-05T11:00:00.000Z",
           *           "last_import_id": null
           *         }
           *       ],
           *       "next_cursor": null
           *     }
           */
          'application/json': components['schemas']['SchedulePage'];
        };
      };
      /** @description a refusal */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  market_data_schedules_add: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "exchange": "kraken",
         *       "symbol": "BTC_USDT",
         *       "timeframe": "1h",
         *       "every_minutes": 60
         *     }
         */
        'application/json': {
          /**
           * @description minutes from one download to the next, up to a week
           * @default 60
           */
          every_minutes?: number;
          /** @description name of an exchange as ccxt has it, such as binance or kraken */
          exchange: string;
          /**
           * @description true: everybody's data, for admins only; false: the user's own
           * @default false
           */
          shared?: boolean;
          /** @description where to begin while no candle of the series is stored, inclusive: YYYY-MM-DD (midnight UTC) or an ISO-8601 timestamp with its offset, 1970 to 2100. Every download goes on from the last stored candle otherwise */
          start?: string;
          /** @description such as BTC_USDT; in letters of either case, with / or - in place of _, or with none of these where a single stored symbol has the same letters */
          symbol: string;
          /**
           * @description length of a candle: m minutes, h hours, d days, w weeks from Monday; in UTC
           * @enum {string}
           */
          timeframe: '1m' | '5m' | '15m' | '30m' | '1h' | '2h' | '4h' | '6h' | '12h' | '1d' | '1w';
        };
      };
    };
    responses: {
      /** @description Keep a series fresh */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "schedule_id": "6f9c0d0e-6a0b-4c9a-9a51-5f6f5b6a7c11",
           *       "exchange": "kraken",
           *       "symbol": "BTC_USDT",
           *       "timeframe": "1h",
           *       "start": null,
           *       "every_minutes": 60,
           *       "shared": false,
           *       "created_at": "2026-01-05T10:00:00.000Z",
           *       "next_run_at": "2026-01-05T11:00:00.000Z",
           *       "last_import_id": null
           *     }
           */
          'application/json': components['schemas']['ScheduleInfo'];
        };
      };
      /** @description a refusal */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  market_data_schedules_remove: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /**
         * @description the schedule_id that the list of schedules gives
         * @example 6f9c0d0e-6a0b-4c9a-9a51-5f6f5b6a7c11
         */
        schedule_id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Keep a series fresh no more */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description a refusal */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  market_data_symbols: {
    parameters: {
      query?: {
        /** @description next_cursor of the page before, as it came; the first page when left out */
        cursor?: string;
        /** @description how many items a page has at most, 1 to 200; 50 when left out */
        limit?: number;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The candles that there are */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "items": [
           *         {
           *           "symbol": "BTC_USDT",
           *           "timeframe": "1h",
           *           "start": "2022-01-01T00:00:00.000Z",
           *           "end": "2025-12-31T23:00:00.000Z",
           *           "rows": 35064,
           *           "synthetic": true,
           *           "shared": true
           *         }
           *       ],
           *       "next_cursor": null
           *     }
           */
          'application/json': components['schemas']['SymbolPage'];
        };
      };
      /** @description a refusal */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  openapi_json_get: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description This document */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "openapi": "3.1.0",
           *       "paths": {}
           *     }
           */
          'application/json': components['schemas']['OpenApiDocument'];
        };
      };
      /** @description a refusal */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  predictions_list: {
    parameters: {
      query?: {
        /** @description next_cursor of the page before, as it came; the first page when left out */
        cursor?: string;
        /**
         * @description how many items a page has at most, 1 to 200; 50 when left out
         * @example 5
         */
        limit?: number;
        /**
         * @description only those of this symbol, such as BTC_USDT, however it is written (btc/usdt, BTCUSDT); all when left out
         * @example ETH_USDT
         */
        symbol?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Predictions, newest first */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "items": [
           *         {
           *           "prediction_id": "b7a3d0c2-5a41-4f0c-8a3e-2f9be1c4d8a6",
           *           "status": "completed",
           *           "request": {
           *             "symbol": "ETH_USDT",
           *             "timeframe": "1h"
           *           },
           *           "model_id": "0f1c3e57-8f0e-4b1d-9d6a-6a2f3c1b7e10",
           *           "created_at": "2026-01-05T10:05:00.000Z",
           *           "outcome": {
           *             "as_of": "2025-12-31T23:00:00.000Z",
           *             "probability": 0.507,
           *             "direction": "neutral",
           *             "expected_return": 0.0002,
           *             "interval": {
           *               "low": -0.031,
           *               "high": 0.033,
           *               "coverage": 0.8
           *             },
           *             "horizon": 24,
           *             "edge": "no demonstrated edge",
           *             "evaluation": {
           *               "log_loss": 0.6934
           *             }
           *           },
           *           "synthetic": true,
           *           "error": null
           *         }
           *       ],
           *       "next_cursor": null
           *     }
           */
          'application/json': components['schemas']['PredictionPage'];
        };
      };
      /** @description a refusal */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  predictions_get: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /**
         * @description the prediction_id of a prediction
         * @example b7a3d0c2-5a41-4f0c-8a3e-2f9be1c4d8a6
         */
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description One prediction */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "prediction_id": "b7a3d0c2-5a41-4f0c-8a3e-2f9be1c4d8a6",
           *       "status": "completed",
           *       "request": {
           *         "symbol": "ETH_USDT",
           *         "timeframe": "1h"
           *       },
           *       "model_id": "0f1c3e57-8f0e-4b1d-9d6a-6a2f3c1b7e10",
           *       "created_at": "2026-01-05T10:05:00.000Z",
           *       "outcome": {
           *         "as_of": "2025-12-31T23:00:00.000Z",
           *         "probability": 0.507,
           *         "direction": "neutral",
           *         "expected_return": 0.0002,
           *         "interval": {
           *           "low": -0.031,
           *           "high": 0.033,
           *           "coverage": 0.8
           *         },
           *         "horizon": 24,
           *         "edge": "no demonstrated edge",
           *         "evaluation": {
           *           "log_loss": 0.6934
           *         }
           *       },
           *       "synthetic": true,
           *       "error": null
           *     }
           */
          'application/json': components['schemas']['Prediction'];
        };
      };
      /** @description a refusal */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  predictions_listModels: {
    parameters: {
      query?: {
        /** @description next_cursor of the page before, as it came; the first page when left out */
        cursor?: string;
        /** @description how many items a page has at most, 1 to 200; 50 when left out */
        limit?: number;
        /**
         * @description only those of this symbol, such as BTC_USDT, however it is written (btc/usdt, BTCUSDT); all when left out
         * @example ETH_USDT
         */
        symbol?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Models, newest first */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "items": [
           *         {
           *           "model_id": "0f1c3e57-8f0e-4b1d-9d6a-6a2f3c1b7e10",
           *           "task_id": "0f1c3e57-8f0e-4b1d-9d6a-6a2f3c1b7e10",
           *           "status": "completed",
           *           "symbol": "ETH_USDT",
           *           "timeframe": "1h",
           *           "model": "gbdt",
           *           "horizon": 24,
           *           "start_date": "2022-01-01T00:00:00.000Z",
           *           "end_date": "2024-01-01T00:00:00.000Z",
           *           "created_at": "2026-01-05T10:00:00.000Z",
           *           "synthetic": true,
           *           "edge": "no demonstrated edge",
           *           "metrics": {
           *             "log_loss": 0.6934,
           *             "brier": 0.2501
           *           },
           *           "error": null
           *         }
           *       ],
           *       "next_cursor": null
           *     }
           */
          'application/json': components['schemas']['ModelPage'];
        };
      };
      /** @description a refusal */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  predictions_getModel: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /**
         * @description the model_id of a model
         * @example 0f1c3e57-8f0e-4b1d-9d6a-6a2f3c1b7e10
         */
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description A model with its importances and its calibration */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "model_id": "0f1c3e57-8f0e-4b1d-9d6a-6a2f3c1b7e10",
           *       "task_id": "0f1c3e57-8f0e-4b1d-9d6a-6a2f3c1b7e10",
           *       "status": "completed",
           *       "symbol": "ETH_USDT",
           *       "timeframe": "1h",
           *       "model": "gbdt",
           *       "horizon": 24,
           *       "start_date": "2022-01-01T00:00:00.000Z",
           *       "end_date": "2024-01-01T00:00:00.000Z",
           *       "created_at": "2026-01-05T10:00:00.000Z",
           *       "synthetic": true,
           *       "edge": "no demonstrated edge",
           *       "metrics": {
           *         "log_loss": 0.6934,
           *         "brier": 0.2501
           *       },
           *       "error": null,
           *       "feature_importance": [
           *         {
           *           "feature": "return_24",
           *           "gain": 0.21
           *         }
           *       ],
           *       "calibration": {
           *         "method": "platt",
           *         "evidence": 0.4,
           *         "ece": 0.012,
           *         "reliability": []
           *       }
           *     }
           */
          'application/json': components['schemas']['ModelDetail'];
        };
      };
      /** @description a refusal */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  predictions_removeModel: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /**
         * @description the model_id of a model
         * @example 0f1c3e57-8f0e-4b1d-9d6a-6a2f3c1b7e10
         */
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Delete a model that no waiting or running task needs */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description a refusal */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  predictions_run: {
    parameters: {
      query?: never;
      header?: {
        /**
         * @description names this request: sent again within 24 h, it gets the first answer again. 1 to 128 printable ASCII characters, of the user alone; with another request it is refused
         * @example my-first-run
         */
        'Idempotency-Key'?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "symbol": "ETH_USDT",
         *       "timeframe": "1d",
         *       "horizon": 5
         *     }
         */
        'application/json': {
          /** @description candles ahead, 1 to 500; what the model was trained for when left out, 24 for a new one */
          horizon?: number;
          /**
           * Format: uuid
           * @description a model of this symbol and timeframe, trained or in training; when left out, the own one that has seen the newest candles, or a new one where all are old or there is none
           */
          model_id?: string;
          /** @description such as BTC_USDT; in letters of either case, with / or - in place of _, or with none of these where a single stored symbol has the same letters */
          symbol: string;
          /**
           * @description length of a candle: m minutes, h hours, d days, w weeks from Monday; in UTC
           * @default 1h
           * @enum {string}
           */
          timeframe?: '1m' | '5m' | '15m' | '30m' | '1h' | '2h' | '4h' | '6h' | '12h' | '1d' | '1w';
        };
      };
    };
    responses: {
      /** @description Predict */
      202: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "status": "running",
           *       "prediction_id": "b7a3d0c2-5a41-4f0c-8a3e-2f9be1c4d8a6",
           *       "message": "Prediction started. Check Status Center for progress."
           *     }
           */
          'application/json': components['schemas']['PredictAccepted'];
        };
      };
      /** @description a refusal */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  predictions_train: {
    parameters: {
      query?: never;
      header?: {
        /**
         * @description names this request: sent again within 24 h, it gets the first answer again. 1 to 128 printable ASCII characters, of the user alone; with another request it is refused
         * @example my-first-run
         */
        'Idempotency-Key'?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "symbol": "ETH_USDT",
         *       "timeframe": "1h",
         *       "start_date": "2023-01-01",
         *       "end_date": "2024-01-01",
         *       "model": "logistic",
         *       "horizon": 24
         *     }
         */
        'application/json': {
          /** @description where the span ends, exclusive: YYYY-MM-DD (midnight UTC) or an ISO-8601 timestamp with its offset, 1970 to 2100 */
          end_date: string;
          /**
           * @description candles ahead, 1 to 500
           * @default 24
           */
          horizon?: number;
          /**
           * @description logistic: a logistic regression; gbdt: boosted trees on top of one
           * @default gbdt
           * @enum {string}
           */
          model?: 'gbdt' | 'logistic';
          /**
           * @description settings of the training, such as {"higher_timeframes": true}; what is left out has its default
           * @default {}
           */
          params?: {
            [key: string]: unknown;
          };
          /** @description where the span begins, inclusive: YYYY-MM-DD (midnight UTC) or an ISO-8601 timestamp with its offset, 1970 to 2100 */
          start_date: string;
          /** @description such as BTC_USDT; in letters of either case, with / or - in place of _, or with none of these where a single stored symbol has the same letters */
          symbol: string;
          /**
           * @description length of a candle: m minutes, h hours, d days, w weeks from Monday; in UTC
           * @default 1h
           * @enum {string}
           */
          timeframe?: '1m' | '5m' | '15m' | '30m' | '1h' | '2h' | '4h' | '6h' | '12h' | '1d' | '1w';
        };
      };
    };
    responses: {
      /** @description Train a model */
      202: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "status": "queued",
           *       "model_id": "0f1c3e57-8f0e-4b1d-9d6a-6a2f3c1b7e10",
           *       "task_id": "0f1c3e57-8f0e-4b1d-9d6a-6a2f3c1b7e10",
           *       "message": "Training queued. Check Status Center for progress."
           *     }
           */
          'application/json': components['schemas']['TrainAccepted'];
        };
      };
      /** @description a refusal */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  system_nodes_list: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The processes of this installation */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "items": [
           *         {
           *           "node_id": "alpha",
           *           "role": "all",
           *           "version": "0.2.0",
           *           "host": "alpha",
           *           "alive": true,
           *           "started_at": "2026-01-05T09:00:00.000Z",
           *           "last_seen_at": "2026-01-05T10:00:00.000Z",
           *           "resources": {
           *             "cpu": {
           *               "total_cores": 8,
           *               "available_cores": 6.4,
           *               "usage_percent": 20,
           *               "min_threshold_cores": 1.6
           *             },
           *             "ram": {
           *               "total_gb": 16,
           *               "available_gb": 12.5,
           *               "usage_percent": 21.9,
           *               "min_threshold_gb": 3.2
           *             },
           *             "buffer_percent": 20,
           *             "pressure": {
           *               "cpu": 0,
           *               "memory": 0,
           *               "io": 0.1
           *             },
           *             "limits": {
           *               "cpu_source": "cgroup-v2",
           *               "ram_source": "host"
           *             },
           *             "reserved": {
           *               "cpu_cores": 0.8,
           *               "ram_gb": 0.4
           *             },
           *             "mode": "production",
           *             "consumption_factor": 0.8
           *           },
           *           "running_tasks": []
           *         }
           *       ]
           *     }
           */
          'application/json': components['schemas']['NodeList'];
        };
      };
      /** @description a refusal */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  system_getQueue: {
    parameters: {
      query?: {
        /** @description next_cursor of the page before, as it came; the first page when left out */
        cursor?: string;
        /**
         * @description how many tasks each of the two lists holds at most, 1 to 1000; 200 when left out
         * @example 200
         */
        limit?: number;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description What runs and what waits */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "paused": false,
           *       "queued_count": 1,
           *       "running_count": 0,
           *       "queued_tasks": [
           *         {
           *           "task_id": "95e8645e-02d2-4eaf-9650-2bf36d6e8669",
           *           "task_type": "backtest",
           *           "subject": "SmaCross on BTC_USDT 1h · fast 12, slow 48",
           *           "status": "queued",
           *           "priority": 0,
           *           "user_id": "51627a66-b91f-4e67-adf0-c68170dc5e3c",
           *           "description": "SmaCross on BTC_USDT 1h",
           *           "progress": null,
           *           "estimated_cpu_cores": 1,
           *           "estimated_ram_gb": 0.5,
           *           "queue_position": 1,
           *           "wait_reason": "Insufficient CPU: need 1.0 cores, available 2.1 cores, would leave 1.3 cores (min: 1.6 cores)",
           *           "wait_kind": "cpu",
           *           "estimated_start_at": null,
           *           "queued_at": "2026-01-05T10:00:00.000Z",
           *           "started_at": null,
           *           "completed_at": null,
           *           "attempt": 1,
           *           "max_attempts": 3,
           *           "node_id": null,
           *           "run_after": null,
           *           "error": null,
           *           "cpu_seconds": null,
           *           "peak_ram_gb": null,
           *           "can_cancel": true,
           *           "can_retry": false,
           *           "result_url": null,
           *           "log_url": "/api/tasks/95e8645e-02d2-4eaf-9650-2bf36d6e8669/log"
           *         }
           *       ],
           *       "running_tasks": [],
           *       "next_cursor": null
           *     }
           */
          'application/json': components['schemas']['QueueStatus'];
        };
      };
      /** @description a refusal */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  system_pause: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Start no more tasks */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "paused": true
           *     }
           */
          'application/json': components['schemas']['QueuePause'];
        };
      };
      /** @description a refusal */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  system_resume: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Start tasks again */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "paused": false
           *     }
           */
          'application/json': components['schemas']['QueuePause'];
        };
      };
      /** @description a refusal */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  system_resources: {
    parameters: {
      query?: {
        /** @description next_cursor of the page before, as it came; the first page when left out */
        cursor?: string;
        /** @description how many tasks each of the two lists holds at most, 1 to 1000; 200 when left out */
        limit?: number;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The machine, for admins, and the queue */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "resources": {
           *         "cpu": {
           *           "total_cores": 8,
           *           "available_cores": 6.4,
           *           "usage_percent": 20,
           *           "min_threshold_cores": 1.6
           *         },
           *         "ram": {
           *           "total_gb": 16,
           *           "available_gb": 12.5,
           *           "usage_percent": 21.9,
           *           "min_threshold_gb": 3.2
           *         },
           *         "buffer_percent": 20,
           *         "pressure": {
           *           "cpu": 0,
           *           "memory": 0,
           *           "io": 0.1
           *         },
           *         "limits": {
           *           "cpu_source": "cgroup-v2",
           *           "ram_source": "host"
           *         },
           *         "reserved": {
           *           "cpu_cores": 0.8,
           *           "ram_gb": 0.4
           *         },
           *         "mode": "production",
           *         "consumption_factor": 0.8
           *       },
           *       "queue": {
           *         "paused": false,
           *         "queued_count": 1,
           *         "running_count": 0,
           *         "queued_tasks": [
           *           {
           *             "task_id": "95e8645e-02d2-4eaf-9650-2bf36d6e8669",
           *             "task_type": "backtest",
           *             "subject": "SmaCross on BTC_USDT 1h · fast 12, slow 48",
           *             "status": "queued",
           *             "priority": 0,
           *             "user_id": "51627a66-b91f-4e67-adf0-c68170dc5e3c",
           *             "description": "SmaCross on BTC_USDT 1h",
           *             "progress": null,
           *             "estimated_cpu_cores": 1,
           *             "estimated_ram_gb": 0.5,
           *             "queue_position": 1,
           *             "wait_reason": "Insufficient CPU: need 1.0 cores, available 2.1 cores, would leave 1.3 cores (min: 1.6 cores)",
           *             "wait_kind": "cpu",
           *             "estimated_start_at": null,
           *             "queued_at": "2026-01-05T10:00:00.000Z",
           *             "started_at": null,
           *             "completed_at": null,
           *             "attempt": 1,
           *             "max_attempts": 3,
           *             "node_id": null,
           *             "run_after": null,
           *             "error": null,
           *             "cpu_seconds": null,
           *             "peak_ram_gb": null,
           *             "can_cancel": true,
           *             "can_retry": false,
           *             "result_url": null,
           *             "log_url": "/api/tasks/95e8645e-02d2-4eaf-9650-2bf36d6e8669/log"
           *           }
           *         ],
           *         "running_tasks": [],
           *         "next_cursor": null
           *       },
           *       "is_admin": true
           *     }
           */
          'application/json': components['schemas']['SystemResources'];
        };
      };
      /** @description a refusal */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  system_summary: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description How many tasks there are of each status */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "counts": {
           *         "queued": 3,
           *         "running": 2,
           *         "completed": 40,
           *         "failed": 1,
           *         "cancelled": 0
           *       },
           *       "by_user": [
           *         {
           *           "user_id": "51627a66-b91f-4e67-adf0-c68170dc5e3c",
           *           "counts": {
           *             "queued": 3,
           *             "running": 2,
           *             "completed": 40,
           *             "failed": 1,
           *             "cancelled": 0
           *           }
           *         }
           *       ]
           *     }
           */
          'application/json': components['schemas']['SystemSummary'];
        };
      };
      /** @description a refusal */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  system_taskEvents: {
    parameters: {
      query?: {
        /**
         * @description what the Last-Event-ID header says, for an EventSource that is opened with a new ticket; the header counts where both are given
         * @example 5b1e9c-42
         */
        last_event_id?: string;
      };
      header?: {
        /**
         * @description the id of the last message that came before a break, as an EventSource sends it by itself: what was missed since then comes first, once each and in order; after an id that is unknown or too old, a new initial_state
         * @example 5b1e9c-42
         */
        'Last-Event-ID'?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The live event stream */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example id: 5b1e9c-42
           *     data: {"type":"task_description_update","timestamp":"2026-01-05T10:00:01.000Z","data":{"task_id":"95e8645e-02d2-4eaf-9650-2bf36d6e8669","description":"day 15 of 30","progress":0.5}}
           */
          'text/event-stream': components['schemas']['TaskEvent'];
        };
      };
      /** @description a refusal */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  tasks_list: {
    parameters: {
      query?: {
        /** @description next_cursor of the page before, as it came; the first page when left out */
        cursor?: string;
        /**
         * @description how many items a page has at most, 1 to 200; 50 when left out
         * @example 20
         */
        limit?: number;
        /**
         * @description only tasks whose subject holds this text, in letters of either case, or whose id begins with it
         * @example SmaCross
         */
        q?: string;
        /**
         * @description only tasks that were submitted, or retried, at this time or later: YYYY-MM-DD (midnight UTC) or an ISO-8601 timestamp with its offset, 1970 to 2100
         * @example 2026-01-05
         */
        since?: string;
        /**
         * @description only tasks of this status
         * @example queued
         */
        status?: 'queued' | 'running' | 'completed' | 'failed' | 'cancelled';
        /**
         * @description only tasks of this type, such as backtest, model_training, prediction, optimization, data_import
         * @example backtest
         */
        task_type?: string;
        /**
         * @description only tasks that were submitted, or retried, before this time: YYYY-MM-DD (midnight UTC) or an ISO-8601 timestamp with its offset, 1970 to 2100
         * @example 2026-01-06
         */
        until?: string;
        /**
         * @description only tasks of this user, for admins; other users see their own tasks in any case
         * @example 51627a66-b91f-4e67-adf0-c68170dc5e3c
         */
        user_id?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The history of tasks, newest first */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "items": [
           *         {
           *           "task_id": "95e8645e-02d2-4eaf-9650-2bf36d6e8669",
           *           "task_type": "backtest",
           *           "subject": "SmaCross on BTC_USDT 1h · fast 12, slow 48",
           *           "status": "queued",
           *           "priority": 0,
           *           "user_id": "51627a66-b91f-4e67-adf0-c68170dc5e3c",
           *           "description": "SmaCross on BTC_USDT 1h",
           *           "progress": null,
           *           "estimated_cpu_cores": 1,
           *           "estimated_ram_gb": 0.5,
           *           "queue_position": 1,
           *           "wait_reason": "Insufficient CPU: need 1.0 cores, available 2.1 cores, would leave 1.3 cores (min: 1.6 cores)",
           *           "wait_kind": "cpu",
           *           "estimated_start_at": null,
           *           "queued_at": "2026-01-05T10:00:00.000Z",
           *           "started_at": null,
           *           "completed_at": null,
           *           "attempt": 1,
           *           "max_attempts": 3,
           *           "node_id": null,
           *           "run_after": null,
           *           "error": null,
           *           "cpu_seconds": null,
           *           "peak_ram_gb": null,
           *           "can_cancel": true,
           *           "can_retry": false,
           *           "result_url": null,
           *           "log_url": "/api/tasks/95e8645e-02d2-4eaf-9650-2bf36d6e8669/log"
           *         }
           *       ],
           *       "next_cursor": null
           *     }
           */
          'application/json': components['schemas']['TaskPage'];
        };
      };
      /** @description a refusal */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  tasks_submit: {
    parameters: {
      query?: never;
      header?: {
        /**
         * @description names this request: sent again within 24 h, it gets the first answer again. 1 to 128 printable ASCII characters, of the user alone; with another request it is refused
         * @example my-first-run
         */
        'Idempotency-Key'?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "task_type": "drawdown_odds",
         *       "payload": {
         *         "returns": [
         *           0.02,
         *           -0.01,
         *           0.015
         *         ]
         *       }
         *     }
         */
        'application/json': {
          /** @description what the task works on, as its type defines it */
          payload: {
            [key: string]: unknown;
          };
          /**
           * @description of the task in the queue, −100 to 0; higher runs sooner. 0 when left out
           * @default 0
           */
          priority?: number;
          /** @description a type that a plug-in offers to users */
          task_type: string;
        };
      };
    };
    responses: {
      /** @description Submit a task of a type that a plug-in offers */
      202: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "status": "queued",
           *       "task_id": "95e8645e-02d2-4eaf-9650-2bf36d6e8669",
           *       "message": "Drawdown odds queued. Check Status Center for progress."
           *     }
           */
          'application/json': components['schemas']['TaskAccepted'];
        };
      };
      /** @description a refusal */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  tasks_get: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /**
         * @description the task_id of a task; a backtest, model, prediction or import has the same id
         * @example 95e8645e-02d2-4eaf-9650-2bf36d6e8669
         */
        task_id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description One task */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "task_id": "95e8645e-02d2-4eaf-9650-2bf36d6e8669",
           *       "task_type": "backtest",
           *       "subject": "SmaCross on BTC_USDT 1h · fast 12, slow 48",
           *       "status": "completed",
           *       "priority": 0,
           *       "user_id": "51627a66-b91f-4e67-adf0-c68170dc5e3c",
           *       "description": "Total return 3.1 %, 14 trades",
           *       "progress": 1,
           *       "estimated_cpu_cores": 1,
           *       "estimated_ram_gb": 0.5,
           *       "queue_position": null,
           *       "wait_reason": null,
           *       "wait_kind": null,
           *       "estimated_start_at": null,
           *       "queued_at": "2026-01-05T10:00:00.000Z",
           *       "started_at": "2026-01-05T10:00:20.000Z",
           *       "completed_at": "2026-01-05T10:00:21.400Z",
           *       "attempt": 2,
           *       "max_attempts": 3,
           *       "node_id": "alpha",
           *       "run_after": null,
           *       "error": null,
           *       "cpu_seconds": 1.2,
           *       "peak_ram_gb": 0.21,
           *       "can_cancel": false,
           *       "can_retry": false,
           *       "result_url": "/api/backtests/95e8645e-02d2-4eaf-9650-2bf36d6e8669",
           *       "log_url": "/api/tasks/95e8645e-02d2-4eaf-9650-2bf36d6e8669/log",
           *       "attempts": [
           *         {
           *           "attempt": 1,
           *           "node_id": "beta",
           *           "started_at": "2026-01-05T10:00:00.000Z",
           *           "ended_at": "2026-01-05T10:00:20.000Z",
           *           "end": "lost",
           *           "error": {
           *             "code": "NODE_LOST",
           *             "message": "The node that ran it was lost."
           *           }
           *         },
           *         {
           *           "attempt": 2,
           *           "node_id": "alpha",
           *           "started_at": "2026-01-05T10:00:20.000Z",
           *           "ended_at": "2026-01-05T10:00:21.400Z",
           *           "end": "completed",
           *           "error": null
           *         }
           *       ]
           *     }
           */
          'application/json': components['schemas']['TaskDetail'];
        };
      };
      /** @description a refusal */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  tasks_setPriority: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /**
         * @description the task_id of a task; a backtest, model, prediction or import has the same id
         * @example 95e8645e-02d2-4eaf-9650-2bf36d6e8669
         */
        task_id: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "priority": -5
         *     }
         */
        'application/json': {
          /** @description −100 to 100, higher runs sooner; users may only lower it, to 0 or below */
          priority: number;
        };
      };
    };
    responses: {
      /** @description Move a queued task */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "task_id": "95e8645e-02d2-4eaf-9650-2bf36d6e8669",
           *       "task_type": "backtest",
           *       "subject": "SmaCross on BTC_USDT 1h · fast 12, slow 48",
           *       "status": "queued",
           *       "priority": -5,
           *       "user_id": "51627a66-b91f-4e67-adf0-c68170dc5e3c",
           *       "description": "SmaCross on BTC_USDT 1h",
           *       "progress": null,
           *       "estimated_cpu_cores": 1,
           *       "estimated_ram_gb": 0.5,
           *       "queue_position": 1,
           *       "wait_reason": "Insufficient CPU: need 1.0 cores, available 2.1 cores, would leave 1.3 cores (min: 1.6 cores)",
           *       "wait_kind": "cpu",
           *       "estimated_start_at": null,
           *       "queued_at": "2026-01-05T10:00:00.000Z",
           *       "started_at": null,
           *       "completed_at": null,
           *       "attempt": 1,
           *       "max_attempts": 3,
           *       "node_id": null,
           *       "run_after": null,
           *       "error": null,
           *       "cpu_seconds": null,
           *       "peak_ram_gb": null,
           *       "can_cancel": true,
           *       "can_retry": false,
           *       "result_url": null,
           *       "log_url": "/api/tasks/95e8645e-02d2-4eaf-9650-2bf36d6e8669/log"
           *     }
           */
          'application/json': components['schemas']['Task'];
        };
      };
      /** @description a refusal */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  tasks_cancel: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /**
         * @description the task_id of a task; a backtest, model, prediction or import has the same id
         * @example 95e8645e-02d2-4eaf-9650-2bf36d6e8669
         */
        task_id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Cancel a task */
      202: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "task_id": "95e8645e-02d2-4eaf-9650-2bf36d6e8669",
           *       "task_type": "backtest",
           *       "subject": "SmaCross on BTC_USDT 1h · fast 12, slow 48",
           *       "status": "cancelled",
           *       "priority": 0,
           *       "user_id": "51627a66-b91f-4e67-adf0-c68170dc5e3c",
           *       "description": "SmaCross on BTC_USDT 1h",
           *       "progress": null,
           *       "estimated_cpu_cores": 1,
           *       "estimated_ram_gb": 0.5,
           *       "queue_position": null,
           *       "wait_reason": null,
           *       "wait_kind": null,
           *       "estimated_start_at": null,
           *       "queued_at": "2026-01-05T10:00:00.000Z",
           *       "started_at": null,
           *       "completed_at": "2026-01-05T10:01:00.000Z",
           *       "attempt": 1,
           *       "max_attempts": 3,
           *       "node_id": null,
           *       "run_after": null,
           *       "error": {
           *         "code": "CANCELLED",
           *         "message": "Cancelled on request."
           *       },
           *       "cpu_seconds": null,
           *       "peak_ram_gb": null,
           *       "can_cancel": false,
           *       "can_retry": true,
           *       "result_url": null,
           *       "log_url": "/api/tasks/95e8645e-02d2-4eaf-9650-2bf36d6e8669/log"
           *     }
           */
          'application/json': components['schemas']['Task'];
        };
      };
      /** @description a refusal */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  tasks_end: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /**
         * @description the task_id of a task; a backtest, model, prediction or import has the same id
         * @example 95e8645e-02d2-4eaf-9650-2bf36d6e8669
         */
        task_id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description End a running task whose process cannot be reached */
      202: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "task_id": "95e8645e-02d2-4eaf-9650-2bf36d6e8669",
           *       "task_type": "backtest",
           *       "subject": "SmaCross on BTC_USDT 1h · fast 12, slow 48",
           *       "status": "failed",
           *       "priority": 0,
           *       "user_id": "51627a66-b91f-4e67-adf0-c68170dc5e3c",
           *       "description": "Backtesting day 15 of 30",
           *       "progress": 0.5,
           *       "estimated_cpu_cores": 1,
           *       "estimated_ram_gb": 0.5,
           *       "queue_position": null,
           *       "wait_reason": null,
           *       "wait_kind": null,
           *       "estimated_start_at": null,
           *       "queued_at": "2026-01-05T10:00:00.000Z",
           *       "started_at": "2026-01-05T10:00:20.000Z",
           *       "completed_at": "2026-01-05T10:00:21.400Z",
           *       "attempt": 2,
           *       "max_attempts": 3,
           *       "node_id": "alpha",
           *       "run_after": null,
           *       "error": {
           *         "code": "ENDED_BY_ADMIN",
           *         "message": "An admin ended it because its process could not be reached."
           *       },
           *       "cpu_seconds": null,
           *       "peak_ram_gb": null,
           *       "can_cancel": false,
           *       "can_retry": true,
           *       "result_url": null,
           *       "log_url": "/api/tasks/95e8645e-02d2-4eaf-9650-2bf36d6e8669/log"
           *     }
           */
          'application/json': components['schemas']['Task'];
        };
      };
      /** @description a refusal */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  tasks_log: {
    parameters: {
      query?: {
        /**
         * @description which attempt, from 1; the newest when left out
         * @example 1
         */
        attempt?: number;
      };
      header?: never;
      path: {
        /**
         * @description the task_id of a task; a backtest, model, prediction or import has the same id
         * @example 95e8645e-02d2-4eaf-9650-2bf36d6e8669
         */
        task_id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description What a task's processes printed */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /** @example Loaded 744 candles */
          'text/plain': string;
        };
      };
      /** @description a refusal */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  tasks_result: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /**
         * @description the task_id of a task; a backtest, model, prediction or import has the same id
         * @example 95e8645e-02d2-4eaf-9650-2bf36d6e8669
         */
        task_id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The result of a task of a type that a plug-in offers */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "median": 0.12
           *     }
           */
          'application/json': unknown;
        };
      };
      /** @description a refusal */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  tasks_retry: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /**
         * @description the task_id of a task; a backtest, model, prediction or import has the same id
         * @example 95e8645e-02d2-4eaf-9650-2bf36d6e8669
         */
        task_id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Run a failed or cancelled task once more, as its next attempt */
      202: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "task_id": "95e8645e-02d2-4eaf-9650-2bf36d6e8669",
           *       "task_type": "backtest",
           *       "subject": "SmaCross on BTC_USDT 1h · fast 12, slow 48",
           *       "status": "queued",
           *       "priority": 0,
           *       "user_id": "51627a66-b91f-4e67-adf0-c68170dc5e3c",
           *       "description": "SmaCross on BTC_USDT 1h",
           *       "progress": null,
           *       "estimated_cpu_cores": 1,
           *       "estimated_ram_gb": 0.5,
           *       "queue_position": 1,
           *       "wait_reason": "Insufficient CPU: need 1.0 cores, available 2.1 cores, would leave 1.3 cores (min: 1.6 cores)",
           *       "wait_kind": "cpu",
           *       "estimated_start_at": null,
           *       "queued_at": "2026-01-05T10:00:00.000Z",
           *       "started_at": null,
           *       "completed_at": null,
           *       "attempt": 2,
           *       "max_attempts": 3,
           *       "node_id": null,
           *       "run_after": null,
           *       "error": null,
           *       "cpu_seconds": null,
           *       "peak_ram_gb": null,
           *       "can_cancel": true,
           *       "can_retry": false,
           *       "result_url": null,
           *       "log_url": "/api/tasks/95e8645e-02d2-4eaf-9650-2bf36d6e8669/log"
           *     }
           */
          'application/json': components['schemas']['Task'];
        };
      };
      /** @description a refusal */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  tasks_cancelMany: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "status": "queued",
         *       "task_type": "backtest"
         *     }
         */
        'application/json': {
          /** @description only tasks whose subject holds this text, in letters of either case, or whose id begins with it */
          q?: string;
          /** @description only tasks that were submitted, or retried, at this time or later: YYYY-MM-DD (midnight UTC) or an ISO-8601 timestamp with its offset, 1970 to 2100 */
          since?: string;
          /**
           * @description only tasks of this status
           * @enum {string}
           */
          status?: 'queued' | 'running' | 'completed' | 'failed' | 'cancelled';
          /** @description the ids of the tasks, 1 to 1000; a list of ids excludes all filters */
          task_ids?: string[];
          /** @description only tasks of this type, such as backtest, model_training, prediction, optimization, data_import */
          task_type?: string;
          /** @description only tasks that were submitted, or retried, before this time: YYYY-MM-DD (midnight UTC) or an ISO-8601 timestamp with its offset, 1970 to 2100 */
          until?: string;
          /** @description only tasks of this user, for admins; other users see their own tasks in any case */
          user_id?: string;
        };
      };
    };
    responses: {
      /** @description Cancel many tasks */
      202: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "matched": 3,
           *       "done": 2,
           *       "skipped": [
           *         {
           *           "task_id": "95e8645e-02d2-4eaf-9650-2bf36d6e8669",
           *           "code": "TASK_FINISHED"
           *         }
           *       ]
           *     }
           */
          'application/json': components['schemas']['BulkResult'];
        };
      };
      /** @description a refusal */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  tasks_retryMany: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "task_ids": [
         *         "95e8645e-02d2-4eaf-9650-2bf36d6e8669"
         *       ]
         *     }
         */
        'application/json': {
          /** @description only tasks whose subject holds this text, in letters of either case, or whose id begins with it */
          q?: string;
          /** @description only tasks that were submitted, or retried, at this time or later: YYYY-MM-DD (midnight UTC) or an ISO-8601 timestamp with its offset, 1970 to 2100 */
          since?: string;
          /**
           * @description only tasks of this status
           * @enum {string}
           */
          status?: 'queued' | 'running' | 'completed' | 'failed' | 'cancelled';
          /** @description the ids of the tasks, 1 to 1000; a list of ids excludes all filters */
          task_ids?: string[];
          /** @description only tasks of this type, such as backtest, model_training, prediction, optimization, data_import */
          task_type?: string;
          /** @description only tasks that were submitted, or retried, before this time: YYYY-MM-DD (midnight UTC) or an ISO-8601 timestamp with its offset, 1970 to 2100 */
          until?: string;
          /** @description only tasks of this user, for admins; other users see their own tasks in any case */
          user_id?: string;
        };
      };
    };
    responses: {
      /** @description Retry many tasks */
      202: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "matched": 3,
           *       "done": 2,
           *       "skipped": [
           *         {
           *           "task_id": "95e8645e-02d2-4eaf-9650-2bf36d6e8669",
           *           "code": "TASK_FINISHED"
           *         }
           *       ]
           *     }
           */
          'application/json': components['schemas']['BulkResult'];
        };
      };
      /** @description a refusal */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  users_list: {
    parameters: {
      query?: {
        /** @description next_cursor of the page before, as it came; the first page when left out */
        cursor?: string;
        /** @description how many items a page has at most, 1 to 200; 50 when left out */
        limit?: number;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description All users, by name */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "items": [
           *         {
           *           "user_id": "51627a66-b91f-4e67-adf0-c68170dc5e3c",
           *           "username": "grace",
           *           "role": "user",
           *           "is_admin": false,
           *           "created_at": "2026-01-05T09:30:00.000Z",
           *           "disabled": false
           *         }
           *       ],
           *       "next_cursor": null
           *     }
           */
          'application/json': components['schemas']['UserPage'];
        };
      };
      /** @description a refusal */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  users_create: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "username": "grace",
         *       "password": "twelve characters or more",
         *       "role": "user"
         *     }
         */
        'application/json': {
          /** @description 12 to 256 characters of any kind */
          password: string;
          /**
           * @description user: sees and changes what is their own; admin: everything, users and the queue included
           * @default user
           * @enum {string}
           */
          role?: 'admin' | 'user';
          /** @description 1 to 64 letters, digits or . _ @ -; no two users differ in the case of letters alone */
          username: string;
        };
      };
    };
    responses: {
      /** @description Create a user */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "user_id": "51627a66-b91f-4e67-adf0-c68170dc5e3c",
           *       "username": "grace",
           *       "role": "user",
           *       "is_admin": false,
           *       "created_at": "2026-01-05T09:30:00.000Z",
           *       "disabled": false
           *     }
           */
          'application/json': components['schemas']['User'];
        };
      };
      /** @description a refusal */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  users_get: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /**
         * @description the user_id that the list of users gives
         * @example 51627a66-b91f-4e67-adf0-c68170dc5e3c
         */
        user_id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description One user */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "user_id": "51627a66-b91f-4e67-adf0-c68170dc5e3c",
           *       "username": "grace",
           *       "role": "user",
           *       "is_admin": false,
           *       "created_at": "2026-01-05T09:30:00.000Z",
           *       "disabled": false
           *     }
           */
          'application/json': components['schemas']['User'];
        };
      };
      /** @description a refusal */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  users_delete: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /**
         * @description the user_id that the list of users gives
         * @example 51627a66-b91f-4e67-adf0-c68170dc5e3c
         */
        user_id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Delete a user */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description a refusal */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  users_update: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /**
         * @description the user_id that the list of users gives
         * @example 51627a66-b91f-4e67-adf0-c68170dc5e3c
         */
        user_id: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "disabled": true
         *     }
         */
        'application/json': {
          /** @description true ends all logins and refuses new ones; false admits them */
          disabled?: boolean;
          /** @description 12 to 256 characters of any kind */
          password?: string;
          /**
           * @description user: sees and changes what is their own; admin: everything, users and the queue included
           * @enum {string}
           */
          role?: 'admin' | 'user';
        };
      };
    };
    responses: {
      /** @description Change role, disabling or password */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example {
           *       "user_id": "51627a66-b91f-4e67-adf0-c68170dc5e3c",
           *       "username": "grace",
           *       "role": "user",
           *       "is_admin": false,
           *       "created_at": "2026-01-05T09:30:00.000Z",
           *       "disabled": true
           *     }
           */
          'application/json': components['schemas']['User'];
        };
      };
      /** @description a refusal */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  metrics_get: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The node's metrics, for Prometheus */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          /**
           * @example # TYPE headroom_streams gauge
           *     headroom_streams 2
           */
          'text/plain': string;
        };
      };
      /** @description a refusal */
      default: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
}
