import type { BacktestOptimizeRequest } from '@app/contracts';
import { draftOf, emptyDraft, requestOf, type Draft, type Editable, type ParamField } from './draft';

/** How one parameter varies: not at all, in even steps, or over named values. */
export interface Axis {
  kind: 'fixed' | 'range' | 'list';
  min: number | '';
  max: number | '';
  step: number | '';
  /** Values with commas between them. */
  list: string;
}

type SweepTerms = Editable<Pick<BacktestOptimizeRequest, 'method' | 'max_runs' | 'objective'>> & {
  walks_forward: boolean;
  train_days: number | '';
  test_days: number | '';
};

export interface SweepDraft {
  run: Draft;
  axes: Record<string, Axis>;
  terms: SweepTerms;
}

export function emptySweep(): SweepDraft {
  const run = {
    ...emptyDraft(),
    strategy: 'SmaCross',
    start_date: '2023-01-01',
    end_date: '2024-12-31',
  };
  return {
    run,
    axes: {},
    terms: {
      method: 'grid',
      max_runs: 1000,
      objective: 'sharpe_ratio',
      walks_forward: true,
      train_days: 180,
      test_days: 60,
    },
  };
}

/** What is offered for a parameter that nobody has said anything of: from half to twice its preset. */
export function suggestedAxis(field: ParamField, kind: Axis['kind']): Axis {
  if (field.kind === 'boolean') return { kind, min: '', max: '', step: '', list: 'true, false' };
  if (field.kind === 'choice') return { kind, min: '', max: '', step: '', list: field.choices.join(', ') };
  const preset = typeof field.preset === 'number' ? field.preset : (field.minimum ?? 1);
  const bounded = (value: number) =>
    Math.min(field.maximum ?? Infinity, Math.max(field.minimum ?? -Infinity, value));
  const round = (value: number) =>
    field.kind === 'integer' ? Math.round(value) : Number(value.toPrecision(2));
  const [min, max] = [round(bounded(preset / 2)), round(bounded(preset * 2))];
  const step = field.kind === 'integer' ? Math.max(1, Math.round((max - min) / 6)) : round((max - min) / 6);
  return { kind, min, max, step: step > 0 ? step : 1, list: [min, preset, max].join(', ') };
}

/** The values of a list, as numbers and truths where the parameter has those. */
function listValues(text: string, field: ParamField): unknown[] {
  const parts = text.split(',').map((part) => part.trim());
  return parts.filter(Boolean).map((part) => {
    if (field.kind === 'boolean') return part === 'true';
    return field.kind === 'integer' || field.kind === 'number' ? Number(part) : part;
  });
}

/** How many values an axis has; 0 while it is not filled in. */
export function countOf(axis: Axis, field: ParamField): number {
  if (axis.kind === 'fixed') return 1;
  if (axis.kind === 'list') return listValues(axis.list, field).length;
  const { min, max, step } = axis;
  if (min === '' || max === '' || step === '' || step <= 0 || max < min) return 0;
  return Math.floor((max - min) / step + 1e-9) + 1;
}

/** The points of the grid; 0 while a parameter is not filled in or none varies. */
export function pointCount(sweep: SweepDraft, fields: readonly ParamField[]): number {
  const varied = fields.filter((field) => (sweep.axes[field.name]?.kind ?? 'fixed') !== 'fixed');
  if (varied.length === 0) return 0;
  return varied.reduce((product, field) => product * countOf(sweep.axes[field.name]!, field), 1);
}

/** The body of `POST /api/backtests/optimize`. */
export function sweepRequestOf({ run, axes, terms }: SweepDraft, fields: readonly ParamField[]): object {
  const { check_lookahead: _check, cache: _cache, ...body } = requestOf(run) as Record<string, unknown>;
  const varied = fields.flatMap((field) => {
    const axis = axes[field.name];
    if (!axis || axis.kind === 'fixed') return [];
    const { min, max, step, list } = axis;
    return [
      { name: field.name, values: axis.kind === 'range' ? { min, max, step } : listValues(list, field) },
    ];
  });
  const isVaried = (name: string) => varied.some((axis) => axis.name === name);
  const { walks_forward, train_days, test_days, ...rest } = terms;
  return {
    ...body,
    ...rest,
    params: Object.fromEntries(Object.entries(run.params).filter(([name]) => !isVaried(name))),
    space: Object.fromEntries(varied.map(({ name, values }) => [name, values])),
    ...(walks_forward && { walk_forward: { train_days, test_days } }),
  };
}

/** A sweep filled with what an earlier sweep, or a run, was asked for. */
export function sweepDraftOf(request: Readonly<Record<string, unknown>>): SweepDraft {
  const empty = emptySweep();
  const asked = request as unknown as Partial<BacktestOptimizeRequest>;
  const space = Object.entries(asked.space ?? {});
  return {
    run: draftOf(request),
    axes: Object.fromEntries(space.map(([name, axis]) => [name, axisOf(axis)])),
    terms: {
      method: asked.method ?? empty.terms.method,
      max_runs: asked.max_runs ?? empty.terms.max_runs,
      objective: asked.objective ?? empty.terms.objective,
      walks_forward: asked.space === undefined || asked.walk_forward !== undefined,
      train_days: asked.walk_forward?.train_days ?? empty.terms.train_days,
      test_days: asked.walk_forward?.test_days ?? empty.terms.test_days,
    },
  };
}

function axisOf(axis: BacktestOptimizeRequest['space'][string]): Axis {
  if (Array.isArray(axis))
    return { kind: 'list', min: '', max: '', step: '', list: axis.map(String).join(', ') };
  return { kind: 'range', ...axis, list: '' };
}
