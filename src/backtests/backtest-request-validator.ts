import { Injectable } from '@nestjs/common';
import { strategies, type StrategyDefinition } from '@app/backtest';
import {
  timeframeMs,
  type BacktestOptimizeRequest,
  type BacktestRunRequest,
  type Viewer,
} from '@app/contracts';
import { minimumRows } from '@app/learning';
import { HttpProblem } from '../problems/http-problem.js';
import type { CandleSource } from '../market-data/candle-store.js';
import { MarketDataService } from '../market-data/market-data.service.js';
import { ModelRegistry } from '../predictions/model-registry.js';
import { defaultHorizonBars } from '../predictions/training-defaults.js';
import type { BacktestPayload } from './backtest-payload.js';

type AnyRun = BacktestRunRequest | BacktestOptimizeRequest;

/** A request that can be run, as far as that can be told before. */
export interface CheckedRun extends Omit<BacktestPayload, 'request'> {
  readonly strategy: StrategyDefinition;
  /** Of the file the candles come from. */
  readonly header: CandleSource['header'];
  /** The part of the span that has candles, in milliseconds, the end excluded. */
  readonly fromMs: number;
  readonly toMs: number;
  /** The training of the model, while it waits or runs: the run has to wait for it. */
  readonly runAfter: string | null;
}

/** What is checked of a run before it is queued, a single one or a sweep's. */
@Injectable()
export class BacktestRequestValidator {
  constructor(
    private readonly marketData: MarketDataService,
    private readonly models: ModelRegistry,
  ) {}

  /** @throws HttpProblem 422 naming the field that is wrong */
  async check(viewer: Viewer, request: AnyRun): Promise<CheckedRun> {
    const strategy = this.#checkStrategy(request);
    const data = await this.#checkData(viewer, request);
    return { strategy, ...data, ...(await this.#checkModel(viewer, request, strategy)) };
  }

  #checkStrategy(request: AnyRun): StrategyDefinition {
    const strategy = strategies.get(request.strategy);
    if (strategy === undefined || !isOffered(strategy)) {
      const known = [...strategies.values()].filter(isOffered).map(({ name }) => name);
      const message = `"${request.strategy}" is not one of ${known.join(', ')}`;
      throw HttpProblem.invalid('strategy', message, 'UNKNOWN_STRATEGY');
    }
    // What a sweep varies is judged with it, point by point.
    if ('space' in request) return strategy;
    const params = strategy.params.safeParse(request.params);
    if (!params.success) {
      const errors = params.error.issues.map(({ path, message }) => ({
        path: ['params', ...path].join('.'),
        message,
      }));
      const detail = errors.map(({ path, message }) => `${path}: ${message}`).join('; ');
      throw new HttpProblem(422, 'INVALID_PARAMS', detail, { errors });
    }
    return strategy;
  }

  async #checkData(
    viewer: Viewer,
    request: AnyRun,
  ): Promise<Pick<CheckedRun, 'bars' | 'header' | 'fromMs' | 'toMs'>> {
    const { header } = await this.marketData.require(viewer, request.symbol, request.timeframe);
    const fromMs = Math.max(Date.parse(request.start_date), header.startMs);
    const toMs = Math.min(Date.parse(request.end_date), header.endMs + timeframeMs[header.timeframe]);
    const bars = Math.floor((toMs - fromMs) / timeframeMs[request.timeframe]);
    if (bars < 1) {
      const message =
        `${header.symbol} has candles from ${isoDate(header.startMs)} to ${isoDate(header.endMs)}, ` +
        `none of them in the span`;
      throw HttpProblem.invalid('start_date', message, 'NO_MARKET_DATA');
    }
    return { bars, header, fromMs, toMs };
  }

  async #checkModel(
    viewer: Viewer,
    request: AnyRun,
    strategy: StrategyDefinition,
  ): Promise<Pick<CheckedRun, 'modelFile' | 'leaks' | 'runAfter'>> {
    if (request.model_id === undefined) {
      if (strategy.requiresModel) await this.#checkHistory(viewer, request);
      return { modelFile: null, leaks: false, runAfter: null };
    }
    if (!strategy.requiresModel) {
      throw HttpProblem.invalid('model_id', `${strategy.name} uses no model`);
    }
    const model = await this.models.requireUsable(viewer, request.model_id, request);
    const leaks =
      model.startMs < Date.parse(request.end_date) && model.endMs > Date.parse(request.start_date);
    if (leaks && !request.allow_leakage) {
      const message =
        `the model was trained on ${isoDate(model.startMs)} to ${isoDate(model.endMs)}, which overlaps the span; ` +
        'allow_leakage: true runs it all the same and says so in the result';
      throw HttpProblem.invalid('model_id', message, 'MODEL_LEAKAGE');
    }
    return { modelFile: model.file, leaks, runAfter: model.runAfter };
  }

  async #checkHistory(viewer: Viewer, request: AnyRun): Promise<void> {
    const { header } = await this.marketData.require(viewer, request.symbol, request.timeframe);
    const before = Math.floor(
      (Date.parse(request.start_date) - header.startMs) / timeframeMs[request.timeframe],
    );
    const needed = minimumRows(defaultHorizonBars);
    if (before < needed) {
      const message =
        `without a model_id the strategy needs ${needed} ${request.timeframe} candles before start_date to train on; ` +
        `${header.symbol} begins on ${isoDate(header.startMs)}, which leaves ${Math.max(0, before)}`;
      throw HttpProblem.invalid('start_date', message, 'TOO_LITTLE_HISTORY');
    }
  }
}

/** A strategy that needs a signal file of its own is for the command line. */
export function isOffered(strategy: StrategyDefinition): boolean {
  return strategy.requiresModel || !strategy.requiresSignals;
}

function isoDate(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
