import type { AdmissionDecision } from './admission.js';
import { thresholdOf } from './admission.js';
import { formatCores, formatGb, hasSameResources, fractionOf } from './resource-request.js';
import type { ResourceAmounts } from './resource-request.js';
import type { SchedulerPolicy } from './policy.js';

/** The `[ResourceMonitor]` lines with the resources of the machine and what must stay free. */
export function formatResourceBanner(total: ResourceAmounts, policy: SchedulerPolicy): string[] {
  const threshold = thresholdOf(total, policy);
  return [
    `[ResourceMonitor] Total resources: ${wholeOrHundredths(total.cpuMillicores)} cores, ${formatGb(total.ramMb, 2)} GB RAM`,
    `[ResourceMonitor] Minimum thresholds: ${amounts(threshold)}`,
    `[ResourceMonitor] Consumption factor: ${percent(policy)}`,
  ];
}

/** The `[ResourceCheck]` lines of one decision, with its figures. */
export function formatDecisionLog(
  type: string,
  decision: AdmissionDecision,
  policy: SchedulerPolicy,
): string[] {
  const { available, requested, predicted, remaining, threshold, cpuOk, ramOk } = decision;
  return [
    `Task: ${type}`,
    `Current available: ${amounts(available)}`,
    `Task requires: ${amounts(requested)}`,
    `Predicted consumption (${basis(decision, policy)}): ${amounts(predicted)}`,
    `After task starts: ${amounts(remaining)}`,
    `Minimum thresholds: ${amounts(threshold)}`,
    `CPU OK: ${pythonBoolean(cpuOk)}, RAM OK: ${pythonBoolean(ramOk)}`,
    verdict(decision),
  ].map((line) => `[ResourceCheck] ${line}`);
}

/** The basis of a prediction: the consumption factor in percent, or `learned` when it comes from measured runs. */
function basis({ requested, predicted }: AdmissionDecision, policy: SchedulerPolicy): string {
  const unlearned = {
    cpuMillicores: fractionOf(requested.cpuMillicores, policy.consumptionFactor),
    ramMb: fractionOf(requested.ramMb, policy.consumptionFactor),
  };
  return hasSameResources(predicted, unlearned) ? percent(policy) : 'learned';
}

function verdict(decision: AdmissionDecision): string {
  if (!decision.admitted) return `REFUSED: ${decision.reason}`;
  const { cpuMillicores, ramMb } = decision.remaining;
  const left = `${formatCores(cpuMillicores, 2)} cores and ${formatGb(ramMb, 2)}GB RAM will remain`;
  return decision.exclusive ? `APPROVED: Can run alone: ${left}` : `APPROVED: Can run: ${left}`;
}

function amounts({ cpuMillicores, ramMb }: ResourceAmounts): string {
  return `${formatCores(cpuMillicores, 2)} cores, ${formatGb(ramMb, 2)} GB RAM`;
}

function percent(policy: SchedulerPolicy): string {
  return `${Math.round(policy.consumptionFactor * 100)}%`;
}

/** The requirement's log lines spell booleans as Python does. */
function pythonBoolean(value: boolean): string {
  return value ? 'True' : 'False';
}

function wholeOrHundredths(cpuMillicores: number): string {
  return formatCores(cpuMillicores, cpuMillicores % 1000 === 0 ? 0 : 2);
}
