import { describe, expect, it } from '@jest/globals';
import type { Evaluation } from '../model-document.js';
import { verdictOf } from './verdict.js';

const skill = { auc: 0.56, log_loss: 0.68, brier: 0.245, accuracy: 0.54 };
const better = { ...skill, log_loss_gap: 0.01, log_loss_gap_low: 0.004, log_loss_gap_high: 0.016 };
const level = { ...skill, log_loss_gap: -0.001, log_loss_gap_low: -0.003, log_loss_gap_high: 0.001 };
const worse = { ...skill, log_loss_gap: -0.01, log_loss_gap_low: -0.016, log_loss_gap_high: -0.004 };
const fold = { role: 'last', silent: false } as Evaluation['folds'][number];
const figures = {
  auc: 0.56,
  auc_low: 0.53,
  auc_high: 0.59,
  raw_auc: 0.56,
  confidence: 0.95,
  baselines: { base_rate: better, always_up: better, last_sign: better, logistic: level },
  last_period: { ...skill, from: '', to: '', rows: 100, base_rate: 0.5 },
  folds: [fold],
};

describe('the verdict', () => {
  it('is an edge when it beats the base rate beyond chance and ties with its rivals', () => {
    expect(verdictOf(figures, 'gbdt', 0.01)).toEqual({
      edge: true,
      verdict: 'edge demonstrated out of sample',
      reasons: [],
    });
  });

  it.each([
    ['an AUC that may be chance', { auc_low: 0.499 }, 0.01, /not above 0.5 beyond chance/],
    [
      'no better log loss',
      { baselines: { ...figures.baselines, base_rate: level } },
      0.01,
      /within chance of none/,
    ],
    [
      'a better naive rule',
      { baselines: { ...figures.baselines, last_sign: worse } },
      0.01,
      /worse than that of the last sign/,
    ],
    [
      'a better line',
      { baselines: { ...figures.baselines, logistic: worse } },
      0.01,
      /worse than that of logistic/,
    ],
    ['a last period that disagrees', {}, -0.001, /untouched last period does not confirm/],
    [
      'silence in every fold',
      { folds: [{ ...fold, silent: true }] },
      0,
      /No fold's scores had shown evidence/,
    ],
  ])('is none with %s, and says why', (_name, changed, lastGap, reason) => {
    const verdict = verdictOf({ ...figures, ...changed }, 'gbdt', lastGap);
    expect(verdict).toMatchObject({ edge: false, verdict: 'no demonstrated edge' });
    expect(verdict.reasons).toEqual([expect.stringMatching(reason)]);
  });
});
