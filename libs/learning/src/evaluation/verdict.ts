import type { ModelKind } from '../direction.js';
import type { Evaluation } from '../model-document.js';

export const NO_EDGE = 'no demonstrated edge';
export const EDGE = 'edge demonstrated out of sample';

type Figures = Pick<
  Evaluation,
  'auc' | 'auc_low' | 'auc_high' | 'baselines' | 'confidence' | 'folds' | 'last_period' | 'raw_auc'
>;

/**
 * Whether a model has shown an edge, and every reason against it.
 *
 * It has when, out of sample, the AUC's interval lies above ½, its log loss is below the base
 * rate's by an interval above 0, no other baseline is better beyond chance, and the untouched last
 * period agrees (AUC above ½ and log loss not above the base rate's).
 */
export function verdictOf(
  figures: Figures,
  kind: ModelKind,
  lastPeriodGap: number,
): Pick<Evaluation, 'edge' | 'verdict' | 'reasons'> {
  const { auc, auc_low: low, auc_high: high, baselines, last_period: last } = figures;
  const percent = `${(100 * figures.confidence).toFixed(figures.confidence > 0.95 ? 2 : 0)} %`;
  if (figures.folds.every((fold) => fold.silent)) {
    const reason = `No fold's scores had shown evidence out of sample before it (AUC before calibration ${figures.raw_auc.toFixed(3)}), so the model says the base rate.`;
    return { edge: false, verdict: NO_EDGE, reasons: [reason] };
  }
  const reasons: string[] = [];
  if (!(low > 0.5)) {
    reasons.push(
      `AUC ${auc.toFixed(3)} with ${percent} interval ${low.toFixed(3)}–${high.toFixed(3)} is not above 0.5 beyond chance.`,
    );
  }
  if (!(baselines.base_rate.log_loss_gap_low > 0)) {
    reasons.push(
      `Log loss is ${signed(baselines.base_rate.log_loss_gap)} better than the base rate's, within chance of none.`,
    );
  }
  const rivals = { last_sign: 'the last sign', ...(kind === 'gbdt' && { logistic: 'logistic regression' }) };
  for (const [name, words] of Object.entries(rivals)) {
    const rival = baselines[name as 'last_sign' | 'logistic'];
    if (rival.log_loss_gap_high < 0) {
      reasons.push(`Log loss is ${signed(-rival.log_loss_gap)} worse than that of ${words}, beyond chance.`);
    }
  }
  if (!(last.auc > 0.5) || lastPeriodGap < 0) {
    reasons.push(
      `The untouched last period does not confirm it: AUC ${last.auc.toFixed(3)}, log loss ${signed(lastPeriodGap)} better than the base rate's.`,
    );
  }
  const edge = reasons.length === 0;
  return { edge, verdict: edge ? EDGE : NO_EDGE, reasons };
}

function signed(value: number): string {
  return `${value < 0 ? '−' : ''}${Math.abs(value).toFixed(4)}`;
}
