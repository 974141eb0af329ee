import type { ModelDetail } from '@app/contracts';
import type { Evaluation } from '@app/learning';

export type CalibrationBin = Evaluation['reliability'][number];

export interface Importance {
  readonly feature: string;
  readonly gain: number;
}

/** The naive forecasts that every model is judged beside. */
export const baselineNames: Readonly<Record<string, string>> = {
  base_rate: 'Always the base rate',
  always_up: 'Always up',
  last_sign: 'As the last candle',
  logistic: 'Logistic regression',
};

/** The out-of-sample evaluation of a trained model; null before its training has ended. */
export function evaluationOf(model: ModelDetail | null): Evaluation | null {
  return (model?.metrics as Evaluation | null | undefined) ?? null;
}

export function importanceOf(model: ModelDetail | null): Importance[] {
  const features = (model?.feature_importance ?? []) as unknown as Importance[];
  return [...features].sort((a, b) => b.gain - a.gain);
}
