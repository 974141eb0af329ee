import type { BacktestRunRequest, StrategyInfo, Timeframe } from '@app/contracts';

type Requested = Pick<
  BacktestRunRequest,
  | 'strategy'
  | 'symbol'
  | 'start_date'
  | 'end_date'
  | 'initial_capital'
  | 'timeframe'
  | 'commission'
  | 'commission_fixed'
  | 'slippage'
  | 'spread'
  | 'lot_step'
  | 'leverage'
  | 'hedging'
  | 'trade_on_close'
  | 'finalise'
  | 'seed'
  | 'priority'
  | 'allow_leakage'
  | 'check_lookahead'
  | 'cache'
>;

export type SizeKind = 'fraction' | 'units' | 'risk';

/** As a form holds it: a number is '' while its field is empty. */
export type Editable<Value> = { [Key in keyof Value]: Value[Key] extends number ? number | '' : Value[Key] };

/** The fields of the form, before they are checked by the server. */
export interface Draft extends Editable<Requested> {
  size_kind: SizeKind;
  size: number | '';
  maintenance_margin: number | '';
  periods_per_year: number | '';
  params: Record<string, unknown>;
  model_id: string;
  title: string;
}

export const timeframeNames: Readonly<Record<Timeframe, string>> = {
  '1m': '1 minute',
  '5m': '5 minutes',
  '15m': '15 minutes',
  '30m': '30 minutes',
  '1h': '1 hour',
  '2h': '2 hours',
  '4h': '4 hours',
  '6h': '6 hours',
  '12h': '12 hours',
  '1d': '1 day',
  '1w': '1 week',
};

const unitMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** The length of a candle in ms: `15m` → 900,000. */
export function lengthMs(timeframe: Timeframe): number {
  return parseInt(timeframe, 10) * (unitMs[timeframe.slice(-1)] ?? NaN);
}

export interface Preset {
  readonly name: string;
  readonly changes: Partial<Draft>;
}

export const presets: readonly Preset[] = [
  {
    name: 'A month with a model',
    changes: {
      strategy: 'MLPredictive',
      symbol: 'BTC_USDT',
      timeframe: '1h',
      start_date: '2024-01-01',
      end_date: '2024-01-31',
      params: {},
    },
  },
  {
    name: 'Two years of a trend',
    changes: {
      strategy: 'SmaCross',
      symbol: 'BTC_USDT',
      timeframe: '4h',
      start_date: '2024-01-01',
      end_date: '2025-12-31',
      params: { fast_period: 20, slow_period: 80, allow_short: false },
    },
  },
  {
    name: 'Reversion with a stop',
    changes: {
      strategy: 'RsiReversion',
      symbol: 'ETH_USDT',
      timeframe: '1h',
      start_date: '2024-01-01',
      end_date: '2024-12-31',
      params: { period: 14, oversold: 25, stop_loss: 0.05 },
    },
  },
  {
    name: 'Buy and hold',
    changes: {
      strategy: 'BuyAndHold',
      symbol: 'BTC_USDT',
      timeframe: '1d',
      start_date: '2022-01-01',
      end_date: '2025-12-31',
      params: {},
    },
  },
];

export function emptyDraft(): Draft {
  return {
    strategy: 'MLPredictive',
    symbol: 'BTC_USDT',
    start_date: '2024-01-01',
    end_date: '2024-01-31',
    initial_capital: 10_000,
    timeframe: '1h',
    commission: 0.001,
    commission_fixed: 0,
    slippage: 0,
    spread: 0,
    size_kind: 'fraction',
    size: 1,
    lot_step: 1e-8,
    leverage: 1,
    maintenance_margin: '',
    periods_per_year: '',
    hedging: false,
    trade_on_close: false,
    finalise: true,
    seed: 0,
    priority: 0,
    allow_leakage: false,
    check_lookahead: false,
    cache: true,
    params: {},
    model_id: '',
    title: '',
  };
}

/** A draft filled with what an earlier run or sweep was asked for. */
export function draftOf(request: Readonly<Record<string, unknown>>): Draft {
  const draft = emptyDraft();
  for (const name of Object.keys(draft) as (keyof Draft)[])
    if (request[name] !== undefined && request[name] !== null)
      Object.assign(draft, { [name]: request[name] });
  return {
    ...draft,
    ...sizeOf(request.size),
    start_date: draft.start_date.slice(0, 10),
    end_date: draft.end_date.slice(0, 10),
    params: { ...draft.params },
  };
}

function sizeOf(size: unknown): Pick<Draft, 'size_kind' | 'size'> {
  if (typeof size === 'object' && size !== null)
    for (const kind of ['units', 'risk'] as const)
      if (kind in size) return { size_kind: kind, size: Number((size as Record<string, unknown>)[kind]) };
  return { size_kind: 'fraction', size: typeof size === 'number' ? size : 1 };
}

/** The request of a draft: fields left empty are left out, and so are parameters. */
export function requestOf(draft: Draft): object {
  const { model_id, title, params, size_kind, size, maintenance_margin, periods_per_year, ...rest } = draft;
  const given = Object.entries(params).filter(([, value]) => value !== '' && value !== undefined);
  return {
    ...rest,
    size: size_kind === 'fraction' ? size : { [size_kind]: size },
    params: Object.fromEntries(given),
    ...(maintenance_margin !== '' && { maintenance_margin }),
    ...(periods_per_year !== '' && { periods_per_year }),
    ...(model_id !== '' && { model_id }),
    ...(title !== '' && { title }),
  };
}

/** One parameter of a strategy as its JSON Schema describes it. */
export interface ParamField {
  readonly name: string;
  readonly kind: 'integer' | 'number' | 'boolean' | 'choice' | 'text';
  readonly choices: readonly string[];
  readonly description: string;
  readonly preset: unknown;
  readonly minimum: number | undefined;
  readonly maximum: number | undefined;
}

interface PropertySchema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly description?: string;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly exclusiveMaximum?: number;
}

/** The form fields of a strategy's `params_schema`. */
export function paramFields({ params_schema }: StrategyInfo): ParamField[] {
  const properties = (params_schema.properties ?? {}) as Readonly<Record<string, PropertySchema>>;
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    kind: kindOf(schema),
    choices: (schema.enum ?? []).map(String),
    description: schema.description ?? '',
    preset: schema.default,
    minimum: schema.minimum ?? schema.exclusiveMinimum,
    maximum: schema.maximum ?? schema.exclusiveMaximum,
  }));
}

function kindOf(schema: PropertySchema): ParamField['kind'] {
  if (schema.enum) return 'choice';
  if (schema.type === 'integer' || schema.type === 'number' || schema.type === 'boolean') return schema.type;
  return 'text';
}
