import {
  auditEntry,
  backtest,
  backtestAccepted,
  backtestSummary,
  candleList,
  me,
  model,
  modelDetail,
  predictAccepted,
  prediction,
  problem,
  queueStatus,
  resources,
  strategyInfo,
  streamTicket,
  symbolInfo,
  systemResources,
  task,
  taskEvent,
  tokenPair,
  trainAccepted,
  user,
} from '@app/contracts';
import { z } from 'zod';

/** One page of a list. */
function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({
    items: z.array(item),
    next_cursor: z.string().nullable().describe('for ?cursor= of the next page; null on the last one'),
  });
}

const verdict = z.enum(['up', 'down']);

/** What answers are made of, by the name they have in the OpenAPI document. */
export const answers = {
  AuditEntry: auditEntry,
  AuditPage: pageOf(auditEntry),
  Backtest: backtest,
  BacktestAccepted: backtestAccepted,
  BacktestComparison: z.object({ items: z.array(backtest) }),
  BacktestPage: pageOf(backtestSummary),
  BacktestSummary: backtestSummary,
  CandleList: candleList,
  Liveness: z.object({ status: verdict }),
  Me: me,
  Model: model,
  ModelDetail: modelDetail,
  ModelPage: pageOf(model),
  OpenApiDocument: z.looseObject({ openapi: z.string(), paths: z.record(z.string(), z.unknown()) }),
  PredictAccepted: predictAccepted,
  Prediction: prediction,
  PredictionPage: pageOf(prediction),
  Problem: problem,
  QueuePause: z.object({ paused: z.boolean() }),
  QueueStatus: queueStatus,
  Readiness: z.object({ status: verdict, database: verdict, worker: verdict, monitor: verdict }),
  Resources: resources,
  StrategyInfo: strategyInfo,
  StrategyList: z.array(strategyInfo),
  StreamTicket: streamTicket,
  SymbolInfo: symbolInfo,
  SymbolPage: pageOf(symbolInfo),
  SystemResources: systemResources,
  Task: task,
  TaskEvent: taskEvent,
  TaskPage: pageOf(task),
  TokenPair: tokenPair,
  TrainAccepted: trainAccepted,
  User: user,
  UserPage: pageOf(user),
} as const satisfies Readonly<Record<string, z.ZodType>>;
