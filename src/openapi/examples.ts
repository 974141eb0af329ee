export const userId = '51627a66-b91f-4e67-adf0-c68170dc5e3c';
export const taskId = '95e8645e-02d2-4eaf-9650-2bf36d6e8669';
export const modelId = '0f1c3e57-8f0e-4b1d-9d6a-6a2f3c1b7e10';
export const importId = 'd1c7a6f4-0d55-4f0e-9b1d-3f2a1e0c9b8a';
export const predictionId = 'b7a3d0c2-5a41-4f0c-8a3e-2f9be1c4d8a6';

export const tokenPairExample = {
  access_token: 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.….…',
  refresh_token: '8c1f6a52-….….…',
  token_type: 'Bearer',
  expires_in: 900,
};

export const meExample = {
  user_id: userId,
  username: 'grace',
  role: 'user',
  is_admin: false,
  created_at: '2026-01-05T09:30:00.000Z',
};

export const userExample = { ...meExample, disabled: false };

export const taskExample = {
  task_id: taskId,
  task_type: 'backtest',
  subject: 'SmaCross on BTC_USDT 1h · fast 12, slow 48',
  status: 'queued',
  priority: 0,
  user_id: userId,
  description: 'SmaCross on BTC_USDT 1h',
  progress: null,
  estimated_cpu_cores: 1,
  estimated_ram_gb: 0.5,
  queue_position: 1,
  wait_reason:
    'Insufficient CPU: need 1.0 cores, available 2.1 cores, would leave 1.3 cores (min: 1.6 cores)',
  wait_kind: 'cpu',
  estimated_start_at: null,
  queued_at: '2026-01-05T10:00:00.000Z',
  started_at: null,
  completed_at: null,
  attempt: 1,
  max_attempts: 3,
  node_id: null,
  run_after: null,
  error: null,
  cpu_seconds: null,
  peak_ram_gb: null,
  can_cancel: true,
  can_retry: false,
  result_url: null,
  log_url: `/api/tasks/${taskId}/log`,
};

const endedTask = { queue_position: null, wait_reason: null, wait_kind: null, can_cancel: false };

const completedTaskExample = {
  ...taskExample,
  ...endedTask,
  status: 'completed',
  description: 'Total return 3.1 %, 14 trades',
  progress: 1,
  started_at: '2026-01-05T10:00:20.000Z',
  completed_at: '2026-01-05T10:00:21.400Z',
  attempt: 2,
  node_id: 'alpha',
  cpu_seconds: 1.2,
  peak_ram_gb: 0.21,
  result_url: `/api/backtests/${taskId}`,
};

export const taskDetailExample = {
  ...completedTaskExample,
  attempts: [
    {
      attempt: 1,
      node_id: 'beta',
      started_at: '2026-01-05T10:00:00.000Z',
      ended_at: '2026-01-05T10:00:20.000Z',
      end: 'lost',
      error: { code: 'NODE_LOST', message: 'The node that ran it was lost.' },
    },
    {
      attempt: 2,
      node_id: 'alpha',
      started_at: '2026-01-05T10:00:20.000Z',
      ended_at: '2026-01-05T10:00:21.400Z',
      end: 'completed',
      error: null,
    },
  ],
};

export const endedTaskExample = {
  ...completedTaskExample,
  status: 'failed',
  description: 'Backtesting day 15 of 30',
  progress: 0.5,
  cpu_seconds: null,
  peak_ram_gb: null,
  can_retry: true,
  result_url: null,
  error: { code: 'ENDED_BY_ADMIN', message: 'An admin ended it because its process could not be reached.' },
};

export const cancelledTaskExample = {
  ...taskExample,
  ...endedTask,
  status: 'cancelled',
  can_retry: true,
  completed_at: '2026-01-05T10:01:00.000Z',
  error: { code: 'CANCELLED', message: 'Cancelled on request.' },
};

export const queueExample = {
  paused: false,
  queued_count: 1,
  running_count: 0,
  queued_tasks: [taskExample],
  running_tasks: [],
  next_cursor: null,
};

export const backtestRequestExample = {
  strategy: 'SmaCross',
  symbol: 'BTC_USDT',
  timeframe: '1h',
  start_date: '2024-01-01',
  end_date: '2024-02-01',
  initial_capital: 10_000,
  params: { fast_period: 12, slow_period: 48 },
  commission: 0.001,
  slippage: 0.0005,
};

export const backtestSummaryExample = {
  backtest_id: taskId,
  type: 'backtest',
  status: 'completed',
  title: 'first try',
  notes: null,
  request: backtestRequestExample,
  created_at: '2026-01-05T10:00:00.000Z',
  duration_s: 0.41,
  dataset: {
    symbol: 'BTC_USDT',
    timeframe: '1h',
    rows: 744,
    sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    synthetic: true,
  },
  engine_version: '1.0.0',
  performance: { total_return: 0.03087, sharpe_ratio: 1.1, max_drawdown: 0.042 },
  look_ahead: null,
  optimization: null,
  cached: false,
  error: null,
  warnings: [],
};

export const backtestExample = {
  ...backtestSummaryExample,
  equity_curve: [
    { time: '2024-01-01T00:00:00.000Z', equity: 10_000 },
    { time: '2024-01-31T23:00:00.000Z', equity: 10_308.7 },
  ],
  drawdown_curve: [{ time: '2024-01-31T23:00:00.000Z', drawdown: 0.004 }],
  trades: [
    {
      entry_time: '2024-01-03T05:00:00.000Z',
      exit_time: '2024-01-04T11:00:00.000Z',
      direction: 'long',
      size: 0.235,
      entry_price: 42_500,
      exit_price: 43_900,
      pnl: 308.7,
      return: 0.0309,
      commission: 20.3,
      exit_reason: 'signal',
      bars: 30,
    },
  ],
  monthly_returns: [{ month: '2024-01', return: 0.03087 }],
};

export const optimizationRequestExample = {
  ...backtestRequestExample,
  params: {},
  space: { fast_period: { min: 8, max: 16, step: 4 }, slow_period: [24, 48] },
  method: 'grid',
  objective: 'sharpe_ratio',
};

export const modelExample = {
  model_id: modelId,
  task_id: modelId,
  status: 'completed',
  symbol: 'ETH_USDT',
  timeframe: '1h',
  model: 'gbdt',
  horizon: 24,
  start_date: '2022-01-01T00:00:00.000Z',
  end_date: '2024-01-01T00:00:00.000Z',
  created_at: '2026-01-05T10:00:00.000Z',
  synthetic: true,
  edge: 'no demonstrated edge',
  metrics: { log_loss: 0.6934, brier: 0.2501 },
  error: null,
};

export const predictionExample = {
  prediction_id: predictionId,
  status: 'completed',
  request: { symbol: 'ETH_USDT', timeframe: '1h' },
  model_id: modelId,
  created_at: '2026-01-05T10:05:00.000Z',
  outcome: {
    as_of: '2025-12-31T23:00:00.000Z',
    probability: 0.507,
    direction: 'neutral',
    expected_return: 0.0002,
    interval: { low: -0.031, high: 0.033, coverage: 0.8 },
    horizon: 24,
    edge: 'no demonstrated edge',
    evaluation: { log_loss: 0.6934 },
  },
  synthetic: true,
  error: null,
};

export const onePage = (item: unknown) => ({ items: [item], next_cursor: null });
