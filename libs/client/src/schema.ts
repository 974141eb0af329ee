// Made by `npm run client` from the OpenAPI document; a test compares the two.

export interface paths {
  '/api/audit': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Who did what to whom, from where, when; newest first (admins) */
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
    /** End this login: its tokens and its streams */
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
    /** Who am I */
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
     * @description Every other login of the user ends.
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
    /** A ticket that opens one event stream, once, within 30 s */
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
    /** Backtests, newest first */
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
    /** A backtest with its curves and trades, or a sweep with its ranked runs */
    get: operations['backtests_get'];
    put?: never;
    post?: never;
    /** Delete a finished backtest and its files */
    delete: operations['backtests_remove'];
    options?: never;
    head?: never;
    /** Name a backtest or note something */
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
    /** The trades of a completed backtest as CSV */
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
    /** Two to four results at once, in the order asked for */
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
     * @description With `walk_forward`, each window is chosen on one stretch of time and judged on the next.
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
    /** Run a backtest */
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
    /** The strategies, each with the JSON Schema of its params */
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
    /** The process answers */
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
    /** The node can do its work */
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
    /** Candles, oldest first */
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
    /** The stored series, with their source, checksum and gaps */
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
    /** A series as CSV */
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
    /** Look at every candle of a series */
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
    /** What an import found and did */
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
    /** The series that are kept fresh */
    get: operations['market_data_schedules_list'];
    put?: never;
    /** Keep a series fresh */
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
    /** Keep a series fresh no more */
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
    /** The candles that there are */
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
    /** This document */
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
    /** Predictions, newest first */
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
    /** One prediction */
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
    /** Models, newest first */
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
    /** A model with its importances and its calibration */
    get: operations['predictions_getModel'];
    put?: never;
    post?: never;
    /** Delete a model that no waiting or running task needs */
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
    /** Train a model */
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
    /** The processes of this installation (admins) */
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
     * @description Lists and counts hold the own tasks only, but for admins; `queue_position` is the place in the whole queue.
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
    /** Start tasks again (admins) */
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
     * @description `resources` is absent for everybody else.
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
  '/api/system/task-events': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * The live event stream
     * @description Server-sent events without an `event:` field; the schema is that of the JSON in each `data:` line. `Last-Event-ID` brings what was missed. Credentials: the Authorization header, or `?ticket=`, or `?token=`.
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
     * @description `user_id` filters for admins only; others always see their own.
     */
    get: operations['tasks_list'];
    put?: never;
    post?: never;
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
    /** One task */
    get: operations['tasks_get'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    /**
     * Move a queued task
     * @description −100 to 100, higher runs sooner; users may only lower, to 0 or below.
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
     * @description A queued one is gone at once, a running one's process within 2 s. Cancelling twice is the same as once.
     */
    post: operations['tasks_cancel'];
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
    /** Run a failed or cancelled task once more, as its next attempt */
    post: operations['tasks_retry'];
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
    /** All users, by name (admins) */
    get: operations['users_list'];
    put?: never;
    /** Create a user (admins) */
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
    /** One user (admins) */
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
      action: string;
      actor: string | null;
      actor_id: string | null;
      address: string | null;
      /** Format: date-time */
      at: string;
      id: number;
      target: string | null;
    };
    AuditPage: {
      items: components['schemas']['AuditEntry'][];
      /** @description for ?cursor= of the next page; null on the last one */
      next_cursor: string | null;
    };
    Backtest: {
      backtest_id: string;
      benchmark_curve?: {
        equity: number;
        /** Format: date-time */
        time: string;
      }[];
      cached: boolean;
      counters?: {
        ambiguous_bars: number;
        margin_calls: number;
        rejected_orders: {
          [key: string]: number;
        };
      };
      /** Format: date-time */
      created_at: string;
      dataset: {
        rows: number;
        sha256: string;
        symbol: string;
        synthetic: boolean;
        /** @enum {string} */
        timeframe: '1m' | '5m' | '15m' | '30m' | '1h' | '2h' | '4h' | '6h' | '12h' | '1d' | '1w';
      } | null;
      drawdown_curve: {
        drawdown: number;
        /** Format: date-time */
        time: string;
      }[];
      duration_s: number | null;
      engine_version: string | null;
      equity_curve: {
        equity: number;
        /** Format: date-time */
        time: string;
      }[];
      error: {
        code: string;
        message: string;
      } | null;
      look_ahead: {
        decisions: number;
        first_difference: {
          bar: number;
          prefix_bars: number;
          /** Format: date-time */
          time: string;
          with_all_bars: string | null;
          with_prefix: string | null;
        } | null;
        passed: boolean;
        prefixes_checked: number;
      } | null;
      monthly_returns: {
        month: string;
        return: number | null;
      }[];
      notes: string | null;
      /** @description what was still open at the end, without finalise */
      open_trades?: {
        /** @enum {string} */
        direction: 'long' | 'short';
        entry_price: number;
        /** Format: date-time */
        entry_time: string;
        size: number;
      }[];
      optimization: {
        best: {
          in_sample: {
            cagr: number | null;
            calmar_ratio: number | null;
            expectancy: number | null;
            max_drawdown: number | null;
            profit_factor: number | null;
            sharpe_ratio: number | null;
            sortino_ratio: number | null;
            sqn: number | null;
            total_return: number | null;
            trade_count: number;
            win_rate: number | null;
          };
          /** @description with walk_forward: on the days after those chosen on */
          out_of_sample: {
            cagr: number | null;
            calmar_ratio: number | null;
            expectancy: number | null;
            max_drawdown: number | null;
            profit_factor: number | null;
            sharpe_ratio: number | null;
            sortino_ratio: number | null;
            sqn: number | null;
            total_return: number | null;
            trade_count: number;
            win_rate: number | null;
          } | null;
          params: {
            [key: string]: unknown;
          };
          rank: number;
        } | null;
        /** @description probability that the best has any skill */
        deflated_sharpe: number | null;
        /** @enum {string} */
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
        /** @description with walk_forward: what trading each window by its own choice would have given */
        out_of_sample: {
          cagr: number | null;
          max_drawdown: number | null;
          sharpe_ratio: number | null;
          total_return: number | null;
        } | null;
        overfitting_warning: string | null;
        planned_runs: number;
        /** @description points whose parameters contradict each other or cannot be traded */
        skipped: number;
        /** @description runs that were made */
        trials: number;
      } | null;
      performance:
        | ({
            total_return: number | null;
          } & {
            [key: string]: unknown;
          })
        | null;
      request: {
        [key: string]: unknown;
      };
      /** @enum {string} */
      status: 'queued' | 'running' | 'completed' | 'failed' | 'cancelled';
      title: string | null;
      trades: {
        bars: number;
        commission: number;
        /** @enum {string} */
        direction: 'long' | 'short';
        entry_price: number;
        /** Format: date-time */
        entry_time: string;
        exit_price: number;
        exit_reason: string;
        /** Format: date-time */
        exit_time: string;
        pnl: number;
        return: number | null;
        size: number;
      }[];
      /** @enum {string} */
      type: 'backtest' | 'optimization';
      warnings: string[];
    };
    BacktestAccepted: {
      backtest_id: string;
      /** @description true: the result is that of an earlier, identical request */
      cached?: boolean;
      message: string;
      /** @enum {string} */
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
      backtest_id: string;
      cached: boolean;
      /** Format: date-time */
      created_at: string;
      dataset: {
        rows: number;
        sha256: string;
        symbol: string;
        synthetic: boolean;
        /** @enum {string} */
        timeframe: '1m' | '5m' | '15m' | '30m' | '1h' | '2h' | '4h' | '6h' | '12h' | '1d' | '1w';
      } | null;
      duration_s: number | null;
      engine_version: string | null;
      error: {
        code: string;
        message: string;
      } | null;
      look_ahead: {
        decisions: number;
        first_difference: {
          bar: number;
          prefix_bars: number;
          /** Format: date-time */
          time: string;
          with_all_bars: string | null;
          with_prefix: string | null;
        } | null;
        passed: boolean;
        prefixes_checked: number;
      } | null;
      notes: string | null;
      optimization: {
        best: {
          in_sample: {
            cagr: number | null;
            calmar_ratio: number | null;
            expectancy: number | null;
            max_drawdown: number | null;
            profit_factor: number | null;
            sharpe_ratio: number | null;
            sortino_ratio: number | null;
            sqn: number | null;
            total_return: number | null;
            trade_count: number;
            win_rate: number | null;
          };
          /** @description with walk_forward: on the days after those chosen on */
          out_of_sample: {
            cagr: number | null;
            calmar_ratio: number | null;
            expectancy: number | null;
            max_drawdown: number | null;
            profit_factor: number | null;
            sharpe_ratio: number | null;
            sortino_ratio: number | null;
            sqn: number | null;
            total_return: number | null;
            trade_count: number;
            win_rate: number | null;
          } | null;
          params: {
            [key: string]: unknown;
          };
          rank: number;
        } | null;
        /** @description probability that the best has any skill */
        deflated_sharpe: number | null;
        /** @enum {string} */
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
        /** @description with walk_forward: what trading each window by its own choice would have given */
        out_of_sample: {
          cagr: number | null;
          max_drawdown: number | null;
          sharpe_ratio: number | null;
          total_return: number | null;
        } | null;
        overfitting_warning: string | null;
        planned_runs: number;
        /** @description points whose parameters contradict each other or cannot be traded */
        skipped: number;
        /** @description runs that were made */
        trials: number;
      } | null;
      performance:
        | ({
            total_return: number | null;
          } & {
            [key: string]: unknown;
          })
        | null;
      request: {
        [key: string]: unknown;
      };
      /** @enum {string} */
      status: 'queued' | 'running' | 'completed' | 'failed' | 'cancelled';
      title: string | null;
      /** @enum {string} */
      type: 'backtest' | 'optimization';
      warnings: string[];
    };
    CandleList: {
      candles: {
        close: number;
        high: number;
        low: number;
        open: number;
        /** Format: date-time */
        time: string;
        volume: number;
      }[];
      symbol: string;
      synthetic: boolean;
      /** @enum {string} */
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
      /** @enum {string} */
      owner: 'own' | 'shared';
      rows: number;
      sha256: string;
      shared: boolean;
      source: string;
      /** Format: date-time */
      start: string;
      symbol: string;
      synthetic: boolean;
      /** @enum {string} */
      timeframe: '1m' | '5m' | '15m' | '30m' | '1h' | '2h' | '4h' | '6h' | '12h' | '1d' | '1w';
    };
    DatasetPage: {
      items: components['schemas']['DatasetInfo'][];
      /** @description for ?cursor= of the next page; null on the last one */
      next_cursor: string | null;
    };
    ImportAccepted: {
      import_id: string;
      message: string;
      /** @enum {string} */
      status: 'running' | 'queued';
      task_id: string;
    };
    ImportInfo: {
      error: {
        code: string;
        message: string;
      } | null;
      import_id: string;
      report: {
        /** @description what is stored now; null when nothing was stored */
        dataset: {
          added: number;
          /** Format: date-time */
          end: string;
          gaps: {
            /** Format: date-time */
            from: string;
            missing: number;
            /** Format: date-time */
            to: string;
          }[];
          missing: number;
          overlapping: number;
          replaced_synthetic: boolean;
          rows: number;
          sha256: string;
          shared: boolean;
          /** Format: date-time */
          start: string;
          symbol: string;
          /** @enum {string} */
          timeframe: '1m' | '5m' | '15m' | '30m' | '1h' | '2h' | '4h' | '6h' | '12h' | '1d' | '1w';
        } | null;
        /** @description null for a download */
        detected: {
          columns: {
            [key: string]: string;
          };
          /** @enum {string} */
          compression: 'none' | 'gzip' | 'zip';
          delimiter: string | null;
          /** @enum {string} */
          format: 'csv' | 'parquet';
          has_header: boolean | null;
          layout: string;
          skipped_lines: number;
          /** @enum {string} */
          time_format: 's' | 'ms' | 'us' | 'ns' | 'yyyymmdd' | 'iso' | 'dmy' | 'mdy';
          time_zone: string;
          /** @enum {string} */
          timeframe: '1m' | '5m' | '15m' | '30m' | '1h' | '2h' | '4h' | '6h' | '12h' | '1d' | '1w';
        } | null;
        download: {
          exchange: string;
          pages: number;
          resumed_rows: number;
          retries: number;
        } | null;
        first_rows: {
          close: number;
          high: number;
          low: number;
          open: number;
          /** Format: date-time */
          time: string;
          volume: number;
        }[];
        order: ('ascending' | 'descending' | 'mixed') | null;
        preview: boolean;
        refused: {
          code: string;
          count: number;
          first: {
            message: string;
            row: number | null;
          }[];
        }[];
        repaired: {
          code: string;
          count: number;
          first: {
            message: string;
            row: number | null;
          }[];
        }[];
        rows: {
          kept: number;
          read: number;
          refused: number;
          repaired: number;
        };
        source: string;
      } | null;
      /** @enum {string} */
      status: 'queued' | 'running' | 'completed' | 'failed' | 'cancelled';
    };
    Liveness: {
      /** @enum {string} */
      status: 'up' | 'down';
    };
    Me: {
      /** Format: date-time */
      created_at: string;
      is_admin: boolean;
      /** @enum {string} */
      role: 'admin' | 'user';
      user_id: string;
      username: string;
    };
    Model: {
      /** @description now; null while there are no candles of the market */
      age?: {
        /** @description of candles that came after the last one the model saw */
        days: number;
        is_stale: boolean;
        /** @description up to which a model of this timeframe counts as fresh */
        limit_days: number;
        /** @description a sentence for people when the model is old */
        note: string | null;
      } | null;
      /** Format: date-time */
      created_at: string;
      edge: string | null;
      /** Format: date-time */
      end_date: string;
      error: {
        code: string;
        message: string;
      } | null;
      horizon: number;
      metrics: {
        [key: string]: unknown;
      } | null;
      /** @enum {string} */
      model: 'gbdt' | 'logistic';
      model_id: string;
      /** Format: date-time */
      start_date: string;
      /** @enum {string} */
      status: 'queued' | 'running' | 'completed' | 'failed' | 'cancelled';
      symbol: string;
      synthetic: boolean;
      task_id: string;
      /** @enum {string} */
      timeframe: '1m' | '5m' | '15m' | '30m' | '1h' | '2h' | '4h' | '6h' | '12h' | '1d' | '1w';
    };
    ModelDetail: {
      /** @description now; null while there are no candles of the market */
      age?: {
        /** @description of candles that came after the last one the model saw */
        days: number;
        is_stale: boolean;
        /** @description up to which a model of this timeframe counts as fresh */
        limit_days: number;
        /** @description a sentence for people when the model is old */
        note: string | null;
      } | null;
      calibration: unknown;
      /** Format: date-time */
      created_at: string;
      edge: string | null;
      /** Format: date-time */
      end_date: string;
      error: {
        code: string;
        message: string;
      } | null;
      feature_importance: {
        [key: string]: unknown;
      }[];
      horizon: number;
      metrics: {
        [key: string]: unknown;
      } | null;
      /** @enum {string} */
      model: 'gbdt' | 'logistic';
      model_id: string;
      /** Format: date-time */
      start_date: string;
      /** @enum {string} */
      status: 'queued' | 'running' | 'completed' | 'failed' | 'cancelled';
      symbol: string;
      synthetic: boolean;
      task_id: string;
      /** @enum {string} */
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
      backtest_id: string;
      cached: boolean;
      /** Format: date-time */
      created_at: string;
      dataset: {
        rows: number;
        sha256: string;
        symbol: string;
        synthetic: boolean;
        /** @enum {string} */
        timeframe: '1m' | '5m' | '15m' | '30m' | '1h' | '2h' | '4h' | '6h' | '12h' | '1d' | '1w';
      } | null;
      duration_s: number | null;
      engine_version: string | null;
      error: {
        code: string;
        message: string;
      } | null;
      heat_maps: {
        /** @description values[row of y][column of x] */
        values: (number | null)[][];
        x: unknown[];
        x_param: string;
        y: unknown[];
        y_param: string | null;
      }[];
      look_ahead: {
        decisions: number;
        first_difference: {
          bar: number;
          prefix_bars: number;
          /** Format: date-time */
          time: string;
          with_all_bars: string | null;
          with_prefix: string | null;
        } | null;
        passed: boolean;
        prefixes_checked: number;
      } | null;
      notes: string | null;
      optimization: {
        best: {
          in_sample: {
            cagr: number | null;
            calmar_ratio: number | null;
            expectancy: number | null;
            max_drawdown: number | null;
            profit_factor: number | null;
            sharpe_ratio: number | null;
            sortino_ratio: number | null;
            sqn: number | null;
            total_return: number | null;
            trade_count: number;
            win_rate: number | null;
          };
          /** @description with walk_forward: on the days after those chosen on */
          out_of_sample: {
            cagr: number | null;
            calmar_ratio: number | null;
            expectancy: number | null;
            max_drawdown: number | null;
            profit_factor: number | null;
            sharpe_ratio: number | null;
            sortino_ratio: number | null;
            sqn: number | null;
            total_return: number | null;
            trade_count: number;
            win_rate: number | null;
          } | null;
          params: {
            [key: string]: unknown;
          };
          rank: number;
        } | null;
        /** @description probability that the best has any skill */
        deflated_sharpe: number | null;
        /** @enum {string} */
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
        /** @description with walk_forward: what trading each window by its own choice would have given */
        out_of_sample: {
          cagr: number | null;
          max_drawdown: number | null;
          sharpe_ratio: number | null;
          total_return: number | null;
        } | null;
        overfitting_warning: string | null;
        planned_runs: number;
        /** @description points whose parameters contradict each other or cannot be traded */
        skipped: number;
        /** @description runs that were made */
        trials: number;
      } | null;
      out_of_sample_curve: {
        equity: number;
        /** Format: date-time */
        time: string;
      }[];
      performance:
        | ({
            total_return: number | null;
          } & {
            [key: string]: unknown;
          })
        | null;
      request: {
        [key: string]: unknown;
      };
      /** @description from best to worst, the first thousand */
      runs: {
        in_sample: {
          cagr: number | null;
          calmar_ratio: number | null;
          expectancy: number | null;
          max_drawdown: number | null;
          profit_factor: number | null;
          sharpe_ratio: number | null;
          sortino_ratio: number | null;
          sqn: number | null;
          total_return: number | null;
          trade_count: number;
          win_rate: number | null;
        };
        /** @description with walk_forward: on the days after those chosen on */
        out_of_sample: {
          cagr: number | null;
          calmar_ratio: number | null;
          expectancy: number | null;
          max_drawdown: number | null;
          profit_factor: number | null;
          sharpe_ratio: number | null;
          sortino_ratio: number | null;
          sqn: number | null;
          total_return: number | null;
          trade_count: number;
          win_rate: number | null;
        } | null;
        params: {
          [key: string]: unknown;
        };
        rank: number;
      }[];
      /** @description the first ten */
      skipped_runs: {
        code: string;
        message: string;
        params: {
          [key: string]: unknown;
        };
      }[];
      /** @enum {string} */
      status: 'queued' | 'running' | 'completed' | 'failed' | 'cancelled';
      title: string | null;
      /** @enum {string} */
      type: 'backtest' | 'optimization';
      warnings: string[];
      windows: {
        deflated_sharpe: number | null;
        in_sample: {
          cagr: number | null;
          calmar_ratio: number | null;
          expectancy: number | null;
          max_drawdown: number | null;
          profit_factor: number | null;
          sharpe_ratio: number | null;
          sortino_ratio: number | null;
          sqn: number | null;
          total_return: number | null;
          trade_count: number;
          win_rate: number | null;
        } | null;
        out_of_sample: {
          cagr: number | null;
          calmar_ratio: number | null;
          expectancy: number | null;
          max_drawdown: number | null;
          profit_factor: number | null;
          sharpe_ratio: number | null;
          sortino_ratio: number | null;
          sqn: number | null;
          total_return: number | null;
          trade_count: number;
          win_rate: number | null;
        } | null;
        /** @description the best where it was chosen */
        params: {
          [key: string]: unknown;
        } | null;
        test_end: string | null;
        test_start: string | null;
        /** Format: date-time */
        train_end: string;
        /** Format: date-time */
        train_start: string;
        trials: number;
      }[];
    };
    PredictAccepted: {
      message: string;
      prediction_id: string;
      /** @enum {string} */
      status: 'running' | 'queued';
    };
    Prediction: {
      /** Format: date-time */
      created_at: string;
      error: {
        code: string;
        message: string;
      } | null;
      model_id: string | null;
      outcome: {
        /**
         * Format: date-time
         * @description opening time of the last candle the prediction knows
         */
        as_of: string;
        /** @enum {string} */
        direction: 'up' | 'down' | 'neutral';
        edge: string;
        evaluation: {
          [key: string]: unknown;
        };
        expected_return: number | null;
        horizon: number;
        interval: {
          coverage: number;
          high: number;
          low: number;
        } | null;
        /** @description when the prediction was made */
        model_age?: {
          /** @description of candles that came after the last one the model saw */
          days: number;
          is_stale: boolean;
          /** @description up to which a model of this timeframe counts as fresh */
          limit_days: number;
          /** @description a sentence for people when the model is old */
          note: string | null;
        } | null;
        /** @description that the price is higher after the horizon, calibrated */
        probability: number;
      } | null;
      prediction_id: string;
      request: {
        [key: string]: unknown;
      };
      /** @enum {string} */
      status: 'queued' | 'running' | 'completed' | 'failed' | 'cancelled';
      synthetic: boolean;
    };
    PredictionPage: {
      items: components['schemas']['Prediction'][];
      /** @description for ?cursor= of the next page; null on the last one */
      next_cursor: string | null;
    };
    Problem: {
      code: string;
      detail: string;
      errors?: {
        message: string;
        path: string;
      }[];
      instance: string;
      request_id: string;
      status: number;
      title: string;
      type: string;
    };
    QueuePause: {
      paused: boolean;
    };
    QueueStatus: {
      paused: boolean;
      queued_count: number;
      queued_tasks: components['schemas']['Task'][];
      running_count: number;
      running_tasks: components['schemas']['Task'][];
    };
    Readiness: {
      /** @enum {string} */
      database: 'up' | 'down';
      /** @enum {string} */
      monitor: 'up' | 'down';
      /** @enum {string} */
      status: 'up' | 'down';
      /** @enum {string} */
      worker: 'up' | 'down';
    };
    Resources: {
      buffer_percent: number;
      cpu: {
        available_cores: number;
        min_threshold_cores: number;
        total_cores: number;
        usage_percent: number;
      };
      limits: {
        /** @enum {string} */
        cpu_source: 'host' | 'cgroup-v1' | 'cgroup-v2' | 'override';
        /** @enum {string} */
        ram_source: 'host' | 'cgroup-v1' | 'cgroup-v2' | 'override';
      };
      pressure: {
        cpu: number | null;
        io: number | null;
        memory: number | null;
      };
      ram: {
        available_gb: number;
        min_threshold_gb: number;
        total_gb: number;
        usage_percent: number;
      };
      reserved: {
        cpu_cores: number;
        ram_gb: number;
      };
    };
    Result: components['schemas']['Backtest'] | components['schemas']['Optimization'];
    ScheduleInfo: {
      /** Format: date-time */
      created_at: string;
      every_minutes: number;
      exchange: string;
      last_import_id: string | null;
      /** Format: date-time */
      next_run_at: string;
      schedule_id: string;
      shared: boolean;
      start: string | null;
      symbol: string;
      /** @enum {string} */
      timeframe: '1m' | '5m' | '15m' | '30m' | '1h' | '2h' | '4h' | '6h' | '12h' | '1d' | '1w';
    };
    SchedulePage: {
      items: components['schemas']['ScheduleInfo'][];
      /** @description for ?cursor= of the next page; null on the last one */
      next_cursor: string | null;
    };
    StrategyInfo: {
      category: string;
      description: string;
      label: string;
      name: string;
      params_schema: {
        [key: string]: unknown;
      };
      requires_model: boolean;
    };
    StrategyList: components['schemas']['StrategyInfo'][];
    StreamTicket: {
      expires_in: number;
      ticket: string;
    };
    SymbolInfo: {
      /**
       * Format: date-time
       * @description opening time of the last candle
       */
      end: string;
      rows: number;
      shared: boolean;
      /** Format: date-time */
      start: string;
      symbol: string;
      synthetic: boolean;
      /** @enum {string} */
      timeframe: '1m' | '5m' | '15m' | '30m' | '1h' | '2h' | '4h' | '6h' | '12h' | '1d' | '1w';
    };
    SymbolPage: {
      items: components['schemas']['SymbolInfo'][];
      /** @description for ?cursor= of the next page; null on the last one */
      next_cursor: string | null;
    };
    SystemNode: {
      alive: boolean;
      host: string;
      /** Format: date-time */
      last_seen_at: string;
      node_id: string;
      resources: components['schemas']['Resources'];
      /** @enum {string} */
      role: 'all' | 'api' | 'worker';
      running_tasks: {
        task_id: string;
        task_type: string;
        user_id: string;
      }[];
      /** Format: date-time */
      started_at: string;
      version: string;
    };
    SystemResources: {
      is_admin: boolean;
      queue: components['schemas']['QueueStatus'];
      resources?: components['schemas']['Resources'];
    };
    Task: {
      attempt: number;
      completed_at: string | null;
      cpu_seconds: number | null;
      description: string;
      error: {
        code: string;
        message: string;
      } | null;
      estimated_cpu_cores: number;
      estimated_ram_gb: number;
      estimated_start_at: string | null;
      max_attempts: number;
      node_id: string | null;
      peak_ram_gb: number | null;
      priority: number;
      progress: number | null;
      queue_position: number | null;
      /** Format: date-time */
      queued_at: string;
      run_after: string | null;
      started_at: string | null;
      /** @enum {string} */
      status: 'queued' | 'running' | 'completed' | 'failed' | 'cancelled';
      task_id: string;
      task_type: string;
      user_id: string;
      wait_reason: string | null;
    };
    TaskEvent:
      | {
          data: {
            paused: boolean;
            queued_count: number;
            queued_tasks: components['schemas']['Task'][];
            recent_tasks: components['schemas']['Task'][];
            /** @constant */
            resumed: false;
            running_count: number;
            running_tasks: components['schemas']['Task'][];
          };
          resources?: components['schemas']['Resources'];
          /** Format: date-time */
          timestamp: string;
          /** @constant */
          type: 'initial_state';
        }
      | {
          data: components['schemas']['Task'];
          resources?: components['schemas']['Resources'];
          /** Format: date-time */
          timestamp: string;
          /** @constant */
          type: 'task_queued';
        }
      | {
          data: components['schemas']['Task'];
          resources?: components['schemas']['Resources'];
          /** Format: date-time */
          timestamp: string;
          /** @constant */
          type: 'task_running';
        }
      | {
          data: {
            description: string;
            progress: number | null;
            task_id: string;
          };
          resources?: components['schemas']['Resources'];
          /** Format: date-time */
          timestamp: string;
          /** @constant */
          type: 'task_description_update';
        }
      | {
          data: {
            attempt: number;
            completed_at: string | null;
            cpu_seconds: number | null;
            description: string;
            error: {
              code: string;
              message: string;
            } | null;
            estimated_cpu_cores: number;
            estimated_ram_gb: number;
            estimated_start_at: string | null;
            max_attempts: number;
            node_id: string | null;
            peak_ram_gb: number | null;
            priority: number;
            progress: number | null;
            queue_position: number | null;
            /** Format: date-time */
            queued_at: string;
            run_after: string | null;
            started_at: string | null;
            /** @enum {string} */
            status: 'queued' | 'running' | 'completed' | 'failed' | 'cancelled';
            success: boolean;
            task_id: string;
            task_type: string;
            user_id: string;
            wait_reason: string | null;
          };
          resources?: components['schemas']['Resources'];
          /** Format: date-time */
          timestamp: string;
          /** @constant */
          type: 'task_completed';
        }
      | {
          data: {
            positions: {
              estimated_start_at: string | null;
              queue_position: number | null;
              task_id: string;
              wait_reason: string | null;
            }[];
          };
          resources?: components['schemas']['Resources'];
          /** Format: date-time */
          timestamp: string;
          /** @constant */
          type: 'queue_positions';
        }
      | {
          resources?: components['schemas']['Resources'];
          /** Format: date-time */
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
      access_token: string;
      /** @description seconds until the access token expires */
      expires_in: number;
      refresh_token: string;
      /** @constant */
      token_type: 'Bearer';
    };
    TrainAccepted: {
      message: string;
      model_id: string;
      /** @enum {string} */
      status: 'running' | 'queued';
      task_id: string;
    };
    User: {
      /** Format: date-time */
      created_at: string;
      disabled: boolean;
      is_admin: boolean;
      /** @enum {string} */
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
      /** @enum {string} */
      checksum: 'ok' | 'mismatch';
      duplicates: {
        count: number;
        first: string[];
      };
      gaps: {
        count: number;
        first: {
          /** Format: date-time */
          from: string;
          missing: number;
          /** Format: date-time */
          to: string;
        }[];
        missing: number;
      };
      /** @description no number, a price not above zero, or a high or low that does not hold */
      impossible: {
        count: number;
        first: string[];
      };
      /** @description the checksum holds, and no candle is impossible, doubled or out of order */
      intact: boolean;
      /** @description not opening at a whole multiple of the timeframe */
      off_grid: {
        count: number;
        first: string[];
      };
      rows: number;
      /** @description far outside its neighbours, by the measure of the moves before it */
      spikes: {
        count: number;
        first: string[];
      };
      symbol: string;
      /** @enum {string} */
      timeframe: '1m' | '5m' | '15m' | '30m' | '1h' | '2h' | '4h' | '6h' | '12h' | '1d' | '1w';
      wrong_order: {
        count: number;
        first: string[];
      };
      zero_volume: {
        count: number;
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
        cursor?: string;
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
          password: string;
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
          current_password: string;
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
        cursor?: string;
        /** @example 5 */
        limit?: number;
        /** @example completed */
        status?: 'queued' | 'running' | 'completed' | 'failed' | 'cancelled';
        /** @example SmaCross */
        strategy?: string;
        symbol?: string;
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
           *             "total_return": 0.0312,
           *             "sharpe_ratio": 1.1,
           *             "max_drawdown": -0.042
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
           *         "total_return": 0.0312,
           *         "sharpe_ratio": 1.1,
           *         "max_drawdown": -0.042
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
           *           "equity": 10312
           *         }
           *       ],
           *       "drawdown_curve": [
           *         {
           *           "time": "2024-01-31T23:00:00.000Z",
           *           "drawdown": -0.004
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
           *           "return": 0.0312
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
          notes?: string | null;
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
           *         "total_return": 0.0312,
           *         "sharpe_ratio": 1.1,
           *         "max_drawdown": -0.042
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
        /** @example 95e8645e-02d2-4eaf-9650-2bf36d6e8669,95e8645e-02d2-4eaf-9650-2bf36d6e8669 */
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
           *             "total_return": 0.0312,
           *             "sharpe_ratio": 1.1,
           *             "max_drawdown": -0.042
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
           *               "equity": 10312
           *             }
           *           ],
           *           "drawdown_curve": [
           *             {
           *               "time": "2024-01-31T23:00:00.000Z",
           *               "drawdown": -0.004
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
           *               "return": 0.0312
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
           *             "total_return": 0.0312,
           *             "sharpe_ratio": 1.1,
           *             "max_drawdown": -0.042
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
           *               "equity": 10312
           *             }
           *           ],
           *           "drawdown_curve": [
           *             {
           *               "time": "2024-01-31T23:00:00.000Z",
           *               "drawdown": -0.004
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
           *               "return": 0.0312
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
        /** @description names this request: sent again within 24 h, it gets the first answer again */
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
          /** @default false */
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
          /** @description YYYY-MM-DD or an ISO-8601 timestamp */
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
          initial_capital: number;
          /** @default 1 */
          leverage?: number;
          /**
           * @description sizes are whole multiples of this many units; 1 for shares
           * @default 1e-8
           */
          lot_step?: number;
          /** @description fraction of the position that the equity must keep; half of 1 / leverage when absent */
          maintenance_margin?: number;
          /** @default 1000 */
          max_runs?: number;
          /**
           * @default grid
           * @enum {string}
           */
          method?: 'grid' | 'random';
          /** Format: uuid */
          model_id?: string;
          /**
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
          /** @default {} */
          params?: {
            [key: string]: unknown;
          };
          /** @description annualises in place of what the data's own calendar says */
          periods_per_year?: number;
          /** @default 0 */
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
                units: number;
              }
            | {
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
                  max: number;
                  min: number;
                  step: number;
                }
              | unknown[];
          };
          /**
           * @description fraction of the price between bid and ask, paid at entry
           * @default 0
           */
          spread?: number;
          /** @description YYYY-MM-DD or an ISO-8601 timestamp */
          start_date: string;
          strategy: string;
          symbol: string;
          /**
           * @default 1h
           * @enum {string}
           */
          timeframe?: '1m' | '5m' | '15m' | '30m' | '1h' | '2h' | '4h' | '6h' | '12h' | '1d' | '1w';
          title?: string;
          /** @default false */
          trade_on_close?: boolean;
          /** @description choose on train_days, judge on the test_days after them, and roll on */
          walk_forward?: {
            test_days: number;
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
        /** @description names this request: sent again within 24 h, it gets the first answer again */
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
          /** @default false */
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
          /** @description YYYY-MM-DD or an ISO-8601 timestamp */
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
          initial_capital: number;
          /** @default 1 */
          leverage?: number;
          /**
           * @description sizes are whole multiples of this many units; 1 for shares
           * @default 1e-8
           */
          lot_step?: number;
          /** @description fraction of the position that the equity must keep; half of 1 / leverage when absent */
          maintenance_margin?: number;
          /** Format: uuid */
          model_id?: string;
          /** @default {} */
          params?: {
            [key: string]: unknown;
          };
          /** @description annualises in place of what the data's own calendar says */
          periods_per_year?: number;
          /** @default 0 */
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
                units: number;
              }
            | {
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
          /** @description YYYY-MM-DD or an ISO-8601 timestamp */
          start_date: string;
          strategy: string;
          symbol: string;
          /**
           * @default 1h
           * @enum {string}
           */
          timeframe?: '1m' | '5m' | '15m' | '30m' | '1h' | '2h' | '4h' | '6h' | '12h' | '1d' | '1w';
          title?: string;
          /** @default false */
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
        /** @description YYYY-MM-DD or an ISO-8601 timestamp */
        end?: string;
        /** @example 2 */
        limit?: number;
        /**
         * @description YYYY-MM-DD or an ISO-8601 timestamp
         * @example 2024-01-01
         */
        start?: string;
        /** @example BTC_USDT */
        symbol: string;
        /** @example 1d */
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
      query?: never;
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
        /** @example true */
        shared?: 'true' | 'false';
      };
      header?: never;
      path: {
        /** @example BTC_USDT */
        symbol: string;
        /** @example 1h */
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
        /** @example true */
        shared?: 'true' | 'false';
      };
      header?: never;
      path: {
        /** @example BTC_USDT */
        symbol: string;
        /** @example 1h */
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
        /** @example true */
        shared?: 'true' | 'false';
      };
      header?: never;
      path: {
        /** @example BTC_USDT */
        symbol: string;
        /** @example 1h */
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
        /** @description prices adjusted for splits and dividends, from an "Adj Close" column */
        adjusted?: 'true' | 'false';
        /** @description what each column is, in order: time, time_of_day, open, high, low, close, volume or - */
        columns?: string;
        delimiter?: ',' | ';' | 'tab' | '|';
        filename?: string;
        layout?: 'binance' | 'cryptodatadownload' | 'yahoo' | 'stooq' | 'generic';
        /** @description merge: new candles win where both have one */
        mode?: 'merge' | 'replace';
        /** @description fail: one refused row fails the import; skip: such rows are left out and counted */
        on_bad_rows?: 'fail' | 'skip';
        /**
         * @description detect and show only; nothing is stored
         * @example true
         */
        preview?: 'true' | 'false';
        /** @description everybody's data; admins only */
        shared?: 'true' | 'false';
        /** @example BTC_USDT */
        symbol?: string;
        time_format?: 's' | 'ms' | 'us' | 'ns' | 'yyyymmdd' | 'iso' | 'dmy' | 'mdy';
        /** @description IANA zone of times that name none; UTC is assumed and counted otherwise */
        time_zone?: string;
        /** @example 1h */
        timeframe?: '1m' | '5m' | '15m' | '30m' | '1h' | '2h' | '4h' | '6h' | '12h' | '1d' | '1w';
      };
      header?: {
        /** @description names this request: sent again within 24 h, it gets the first answer again */
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
          /** @description now when left out */
          end?: string;
          exchange: string;
          /** @default false */
          shared?: boolean;
          /** @description the last stored candle and on when left out */
          start?: string;
          symbol: string;
          /** @enum {string} */
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
      query?: never;
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
          /** @default 60 */
          every_minutes?: number;
          exchange: string;
          /** @default false */
          shared?: boolean;
          /** @description the last stored candle and on when left out */
          start?: string;
          symbol: string;
          /** @enum {string} */
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
      query?: never;
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
        cursor?: string;
        /** @example 5 */
        limit?: number;
        /** @example ETH_USDT */
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
        cursor?: string;
        limit?: number;
        /** @example ETH_USDT */
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
        /** @description names this request: sent again within 24 h, it gets the first answer again */
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
          /** @description candles ahead */
          horizon?: number;
          /** Format: uuid */
          model_id?: string;
          symbol: string;
          /**
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
        /** @description names this request: sent again within 24 h, it gets the first answer again */
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
          /** @description YYYY-MM-DD or an ISO-8601 timestamp */
          end_date: string;
          /**
           * @description candles ahead
           * @default 24
           */
          horizon?: number;
          /**
           * @default gbdt
           * @enum {string}
           */
          model?: 'gbdt' | 'logistic';
          /** @default {} */
          params?: {
            [key: string]: unknown;
          };
          /** @description YYYY-MM-DD or an ISO-8601 timestamp */
          start_date: string;
          symbol: string;
          /**
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
           *           "version": "0.1.0",
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
           *             }
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
      query?: never;
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
           *           "status": "queued",
           *           "priority": 0,
           *           "user_id": "51627a66-b91f-4e67-adf0-c68170dc5e3c",
           *           "description": "SmaCross on BTC_USDT 1h",
           *           "progress": null,
           *           "estimated_cpu_cores": 1,
           *           "estimated_ram_gb": 0.5,
           *           "queue_position": 1,
           *           "wait_reason": "Insufficient CPU: need 1.0 cores, available 2.1 cores, would leave 1.3 cores (min: 1.6 cores)",
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
           *           "peak_ram_gb": null
           *         }
           *       ],
           *       "running_tasks": []
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
      query?: never;
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
           *         }
           *       },
           *       "queue": {
           *         "paused": false,
           *         "queued_count": 1,
           *         "running_count": 0,
           *         "queued_tasks": [
           *           {
           *             "task_id": "95e8645e-02d2-4eaf-9650-2bf36d6e8669",
           *             "task_type": "backtest",
           *             "status": "queued",
           *             "priority": 0,
           *             "user_id": "51627a66-b91f-4e67-adf0-c68170dc5e3c",
           *             "description": "SmaCross on BTC_USDT 1h",
           *             "progress": null,
           *             "estimated_cpu_cores": 1,
           *             "estimated_ram_gb": 0.5,
           *             "queue_position": 1,
           *             "wait_reason": "Insufficient CPU: need 1.0 cores, available 2.1 cores, would leave 1.3 cores (min: 1.6 cores)",
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
           *             "peak_ram_gb": null
           *           }
           *         ],
           *         "running_tasks": []
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
  system_taskEvents: {
    parameters: {
      query?: never;
      header?: {
        'last-event-id'?: string;
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
        cursor?: string;
        /** @example 20 */
        limit?: number;
        /** @example queued */
        status?: 'queued' | 'running' | 'completed' | 'failed' | 'cancelled';
        /** @example backtest */
        task_type?: string;
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
           *           "status": "queued",
           *           "priority": 0,
           *           "user_id": "51627a66-b91f-4e67-adf0-c68170dc5e3c",
           *           "description": "SmaCross on BTC_USDT 1h",
           *           "progress": null,
           *           "estimated_cpu_cores": 1,
           *           "estimated_ram_gb": 0.5,
           *           "queue_position": 1,
           *           "wait_reason": "Insufficient CPU: need 1.0 cores, available 2.1 cores, would leave 1.3 cores (min: 1.6 cores)",
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
           *           "peak_ram_gb": null
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
  tasks_get: {
    parameters: {
      query?: never;
      header?: never;
      path: {
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
           *       "status": "queued",
           *       "priority": 0,
           *       "user_id": "51627a66-b91f-4e67-adf0-c68170dc5e3c",
           *       "description": "SmaCross on BTC_USDT 1h",
           *       "progress": null,
           *       "estimated_cpu_cores": 1,
           *       "estimated_ram_gb": 0.5,
           *       "queue_position": 1,
           *       "wait_reason": "Insufficient CPU: need 1.0 cores, available 2.1 cores, would leave 1.3 cores (min: 1.6 cores)",
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
           *       "peak_ram_gb": null
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
  tasks_setPriority: {
    parameters: {
      query?: never;
      header?: never;
      path: {
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
           *       "status": "queued",
           *       "priority": -5,
           *       "user_id": "51627a66-b91f-4e67-adf0-c68170dc5e3c",
           *       "description": "SmaCross on BTC_USDT 1h",
           *       "progress": null,
           *       "estimated_cpu_cores": 1,
           *       "estimated_ram_gb": 0.5,
           *       "queue_position": 1,
           *       "wait_reason": "Insufficient CPU: need 1.0 cores, available 2.1 cores, would leave 1.3 cores (min: 1.6 cores)",
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
           *       "peak_ram_gb": null
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
           *       "status": "cancelled",
           *       "priority": 0,
           *       "user_id": "51627a66-b91f-4e67-adf0-c68170dc5e3c",
           *       "description": "SmaCross on BTC_USDT 1h",
           *       "progress": null,
           *       "estimated_cpu_cores": 1,
           *       "estimated_ram_gb": 0.5,
           *       "queue_position": null,
           *       "wait_reason": null,
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
           *         "message": "The task was cancelled."
           *       },
           *       "cpu_seconds": null,
           *       "peak_ram_gb": null
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
  tasks_retry: {
    parameters: {
      query?: never;
      header?: never;
      path: {
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
           *       "status": "queued",
           *       "priority": 0,
           *       "user_id": "51627a66-b91f-4e67-adf0-c68170dc5e3c",
           *       "description": "SmaCross on BTC_USDT 1h",
           *       "progress": null,
           *       "estimated_cpu_cores": 1,
           *       "estimated_ram_gb": 0.5,
           *       "queue_position": 1,
           *       "wait_reason": "Insufficient CPU: need 1.0 cores, available 2.1 cores, would leave 1.3 cores (min: 1.6 cores)",
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
           *       "peak_ram_gb": null
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
  users_list: {
    parameters: {
      query?: {
        cursor?: string;
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
          password: string;
          /**
           * @default user
           * @enum {string}
           */
          role?: 'admin' | 'user';
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
          disabled?: boolean;
          password?: string;
          /** @enum {string} */
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
