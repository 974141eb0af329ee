import { describe, expect, test } from '@jest/globals';
import type { AdmissionDecision } from '@app/scheduler';
import { reasonOf, type DecisionReason, type TaskDecision } from './admission-decisions.js';

function decision(started: boolean, fields: Partial<AdmissionDecision>): TaskDecision {
  return { started, decision: fields } as TaskDecision;
}

describe('the reason of an admission decision, as metrics and traces label it', () => {
  const cases: readonly [DecisionReason, TaskDecision][] = [
    ['alone', decision(true, { admitted: true, exclusive: true })],
    ['fits', decision(true, { admitted: true, exclusive: false })],
    ['order', decision(false, { admitted: true, exclusive: false })],
    ['ram', decision(false, { admitted: false, cpuOk: true, ramOk: false })],
    ['cpu', decision(false, { admitted: false, cpuOk: false, ramOk: true })],
    ['cpu_and_ram', decision(false, { admitted: false, cpuOk: false, ramOk: false })],
  ];
  test.each(cases)('%s', (label, decided) => {
    expect(reasonOf(decided)).toBe(label);
  });
});
