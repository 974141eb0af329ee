import type { AdmissionDecision } from './admission.js';
import { thresholdOf } from './admission.js';
import { formatCores, formatGb, isSameDemand, partOf } from './demand.js';
import type { Demand } from './demand.js';
import type { SchedulerPolicy } from './policy.js';

/** The `[ResourceMonitor]` lines that say what the machine has and what must stay free of it. */
export function formatResourceBanner(total: Demand, policy: SchedulerPolicy): string[] {
  const threshold = thresholdOf(total, policy);
  return [
    `[ResourceMonitor] Total resources: ${wholeOrHundredths(total.cpuMillicores)} cores, ${formatGb(total.ramMb, 2)} GB RAM`,
    `[ResourceMonitor] Minimum thresholds: ${amounts(threshold)}`,
    `[ResourceMonitor] Consumption factor: ${percent(policy)}`,
  ];
}

/** The `[ResourceCheck]` lines of one decision, with its own figures. */
export function formatDecisionLog(
  type: string,
  decision: AdmissionDecision,
  policy: SchedulerPolicy,
): string[] {
  const { available, declared, predicted, remaining, threshold, cpuOk, ramOk } = decision;
  return [
    `Task: ${type}`,
    `Current available: ${amounts(available)}`,
    `Task requires: ${amounts(declared)}`,
    `Predicted consumption (${basis(decision, policy)}): ${amounts(predicted)}`,
    `After task starts: ${amounts(remaining)}`,
    `Minimum thresholds: ${amounts(threshold)}`,
    `CPU OK: ${pythonBoolean(cpuOk)}, RAM OK: ${pythonBoolean(ramOk)}`,
    verdict(decision),
  ].map((line) => `[ResourceCheck] ${line}`);
}

/** What a prediction comes from: the consumption factor's part of what was declared, or else runs that were seen. */
function basis({ declared, predicted }: AdmissionDecision, policy: SchedulerPolicy): string {
  const usual = {
    cpuMillicores: partOf(declared.cpuMillicores, policy.consumptionFactor),
    ramMb: partOf(declared.ramMb, policy.consumptionFactor),
  };
  return isSameDemand(predicted, usual) ? percent(policy) : 'learned';
}

function verdict(decision: AdmissionDecision): string {
  if (!decision.admitted) return `REFUSED: ${decision.reason}`;
  const { cpuMillicores, ramMb } = decision.remaining;
  const left = `${formatCores(cpuMillicores, 2)} cores and ${formatGb(ramMb, 2)}GB RAM will remain`;
  return decision.alone ? `APPROVED: Can run alone: ${left}` : `APPROVED: Can run: ${left}`;
}

function amounts(demand: Demand): string {
  return `${formatCores(demand.cpuMillicores, 2)} cores, ${formatGb(demand.ramMb, 2)} GB RAM`;
}

function percent(policy: SchedulerPolicy): string {
  return `${Math.round(policy.consumptionFactor * 100)}%`;
}

/** The log's own spelling of a yes or no. */
function pythonBoolean(value: boolean): string {
  return value ? 'True' : 'False';
}

function wholeOrHundredths(cpuMillicores: number): string {
  return formatCores(cpuMillicores, cpuMillicores % 1000 === 0 ? 0 : 2);
}
