import { answered, type Schemas } from '@app/client';
import type { DemoUser } from './demo-user.js';
import type { PlannedBacktest } from './plan.js';

/** A backtest that was posted, as the demo reports it. */
export interface BacktestReport {
  readonly user: string;
  readonly backtest_id: string;
  readonly strategy: string;
  readonly symbol: string;
  readonly status: string;
  /** Whether it had to wait for the machine. */
  readonly queued: boolean;
  readonly waited_s: number | null;
  readonly duration_s: number | null;
  /** A fraction. */
  readonly total_return: number | null;
  readonly trades: number | null;
  /** Whether capital plus the trades' profits is the last equity, to the cent. */
  readonly adds_up: boolean | null;
  readonly error: string | null;
}

/** A backtest and who posted it. */
export class PostedBacktest {
  private constructor(
    readonly user: DemoUser,
    readonly plan: PlannedBacktest,
    readonly id: string,
  ) {}

  static async post(user: DemoUser, plan: PlannedBacktest): Promise<PostedBacktest> {
    const { api } = user.session;
    const answer = await answered(api.POST('/api/backtests/run', { body: { ...plan, cache: false } }));
    if (answer.status === 'queued') user.waited.add(answer.backtest_id);
    return new PostedBacktest(user, plan, answer.backtest_id);
  }

  /** What the user's stream has said of it so far. */
  get task() {
    return this.user.tasks.get(this.id) ?? null;
  }

  /** Fetches the result and judges it. */
  async report(): Promise<BacktestReport> {
    const { user, plan, task } = this;
    const params = { path: { id: this.id } };
    const result = await answered(user.session.api.GET('/api/backtests/{id}', { params }));
    const isDone = 'trades' in result && result.status === 'completed';
    return {
      user: user.name,
      backtest_id: this.id,
      strategy: plan.strategy,
      symbol: plan.symbol,
      status: result.status,
      queued: user.waited.has(this.id),
      waited_s: task && secondsBetween(task.queued_at, task.started_at),
      duration_s: task && secondsBetween(task.started_at, task.completed_at),
      total_return: result.performance?.total_return ?? null,
      trades: isDone ? result.trades.length : null,
      adds_up: isDone ? addsUp(plan.initial_capital, result) : null,
      error: result.error && `${result.error.code}: ${result.error.message}`,
    };
  }
}

function addsUp(capital: number, { trades, equity_curve }: Schemas['Backtest']): boolean {
  const profit = trades.reduce((sum, { pnl }) => sum + pnl, 0);
  const last = equity_curve.at(-1)?.equity ?? NaN;
  return Math.abs(capital + profit - last) < 0.01;
}

function secondsBetween(from: string | null, to: string | null): number | null {
  return from === null || to === null ? null : (Date.parse(to) - Date.parse(from)) / 1000;
}
