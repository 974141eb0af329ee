import { identifier } from '@app/contracts';
import { z } from 'zod';
import {
  backtestExample,
  backtestRequestExample,
  backtestSummaryExample,
  onePage,
  optimizationRequestExample,
  taskId,
} from '../examples.js';
import type { Operations } from '../operation.js';
import { answers } from '../schemas.js';

const ofBacktest = {
  pathParams: z.strictObject({ id: identifier.describe('the backtest_id of a run or of a sweep') }),
  pathExample: { id: taskId },
};

export const backtests: Operations = {
  'POST /api/backtests/run': {
    summary: 'Run a backtest',
    description:
      'All that can be told before is checked at once; then it is a task. A request that was made before, on candles ' +
      'that are still the same, is answered from its stored result unless `cache` is false.',
    answer: answers.BacktestAccepted,
    answerExample: {
      status: 'running',
      backtest_id: taskId,
      message: 'Backtest started. Check Status Center for progress.',
    },
    requestExample: backtestRequestExample,
    problems: [
      'UNKNOWN_STRATEGY',
      'INVALID_PARAMS',
      'NO_MARKET_DATA',
      'TOO_LITTLE_HISTORY',
      'UNKNOWN_MODEL',
      'MODEL_NOT_TRAINED',
      'MODEL_MISMATCH',
      'MODEL_VERSION',
      'MODEL_LEAKAGE',
      'DEPENDENCY_FAILED',
    ],
  },
  'POST /api/backtests/optimize': {
    summary: 'Run a strategy with many parameters and rank the runs',
    description:
      'One task that streams its progress; cancelled, it keeps the runs that it has. With `walk_forward`, each window ' +
      'is chosen on one stretch of time and judged on the next.',
    answer: answers.BacktestAccepted,
    answerExample: {
      status: 'queued',
      backtest_id: taskId,
      message: 'Optimization queued. Check Status Center for progress.',
    },
    requestExample: optimizationRequestExample,
    problems: [
      'UNKNOWN_STRATEGY',
      'INVALID_PARAMS',
      'INVALID_SPACE',
      'TOO_MANY_RUNS',
      'WALK_FORWARD_TOO_LONG',
      'NO_MARKET_DATA',
      'TOO_LITTLE_HISTORY',
      'UNKNOWN_MODEL',
      'MODEL_NOT_TRAINED',
      'MODEL_MISMATCH',
      'MODEL_VERSION',
      'MODEL_LEAKAGE',
      'DEPENDENCY_FAILED',
    ],
  },
  'GET /api/backtests': {
    summary: 'Backtests, newest first',
    description:
      'Runs and sweeps, without curves and trades: those of all users for admins, else the own ones.',
    answer: answers.BacktestPage,
    answerExample: onePage(backtestSummaryExample),
    queryExample: { strategy: 'SmaCross', status: 'completed', limit: 5 },
  },
  'GET /api/backtests/strategies': {
    summary: 'The strategies, each with the JSON Schema of its params',
    description: 'Those that `strategy` of a run or sweep may name.',
    answer: answers.StrategyList,
    answerExample: [
      {
        name: 'SmaCross',
        label: 'SMA crossover',
        description: 'Long while a fast moving average is above a slow one.',
        category: 'trend',
        requires_model: false,
        params_schema: { type: 'object', properties: { fast_period: { type: 'integer', default: 10 } } },
      },
    ],
  },
  'GET /api/backtests/compare': {
    summary: 'Two to four results at once, in the order asked for',
    description:
      'Single runs only: the id of a sweep is refused. Each is as `GET /api/backtests/{id}` gives it.',
    answer: answers.BacktestComparison,
    answerExample: { items: [backtestExample, backtestExample] },
    queryExample: { ids: `${taskId},${taskId}` },
    problems: ['NOT_FOUND', 'RESULT_MISSING', 'RESULT_UNREADABLE'],
  },
  'GET /api/backtests/:id': {
    summary: 'A backtest with its curves and trades, or a sweep with its ranked runs',
    description: 'Before the result is there, with empty lists; `type` says which of the two it is.',
    ...ofBacktest,
    answer: answers.Result,
    answerExample: backtestExample,
    problems: ['RESULT_MISSING', 'RESULT_UNREADABLE'],
  },
  'GET /api/backtests/:id/trades.csv': {
    summary: 'The trades of a completed backtest as CSV',
    description: 'The columns are the fields of `trades`, and the first line names them.',
    ...ofBacktest,
    answer: { mediaType: 'text/csv', schema: z.string() },
    answerExample:
      'entry_time,exit_time,direction,size,entry_price,exit_price,pnl,return,commission,exit_reason,bars\r\n',
    problems: ['BACKTEST_NOT_COMPLETED', 'OPTIMIZATION_HAS_NO_TRADES', 'RESULT_MISSING'],
  },
  'PATCH /api/backtests/:id': {
    summary: 'Name a backtest or note something',
    description: 'What is left out stays as it is.',
    ...ofBacktest,
    answer: answers.BacktestSummary,
    answerExample: backtestSummaryExample,
    requestExample: { title: 'first try', notes: null },
  },
  'DELETE /api/backtests/:id': {
    summary: 'Delete a finished backtest and its files',
    description: 'Its task stays in the history.',
    ...ofBacktest,
    answer: null,
    problems: ['BACKTEST_NOT_FINISHED'],
  },
};
