import type { ReplayLog, TaskRecord } from './replay.js';

/** The figures of one replay, as `--json` prints them. */
export interface Report {
  policy: string;
  tasks: number;
  completed: number;
  makespan_s: number;
  peak_cpu_ratio: number;
  peak_ram_ratio: number;
  ooms: number;
  guard_kills: number;
  wait_p50_s: number | null;
  wait_p95_s: number | null;
  wait_p99_s: number | null;
  longest_training_wait_s: number | null;
  interactive_slowdown_p95: number | null;
  jain: number | null;
}

/**
 * Draws the figures from a replay. Waits run from the submission to the start of the attempt that came to its end, over
 * completed tasks; the longest training wait also counts those that never did, up to the end of the replay.
 */
export function reportOf(policy: string, log: ReplayLog): Report {
  const completed = log.records.filter(({ endedS }) => endedS !== null);
  const waits = completed.map(({ spec, startedS }) => startedS! - spec.at_s);
  const trainings = log.records.filter(({ spec }) => spec.type === 'model_training');
  const interactive = completed.filter(({ spec }) => spec.interactive);
  return {
    policy,
    tasks: log.records.length,
    completed: completed.length,
    makespan_s: round(
      completed.length === log.records.length ? Math.max(0, ...completed.map((r) => r.endedS!)) : log.endS,
    ),
    peak_cpu_ratio: round(log.peakCpuRatio),
    peak_ram_ratio: round(log.peakRamRatio),
    ooms: log.ooms,
    guard_kills: log.guardKills,
    wait_p50_s: percentile(waits, 0.5),
    wait_p95_s: percentile(waits, 0.95),
    wait_p99_s: percentile(waits, 0.99),
    longest_training_wait_s: percentile(
      trainings.map(({ spec, startedS }) => (startedS ?? log.endS) - spec.at_s),
      1,
    ),
    interactive_slowdown_p95: percentile(interactive.map(slowdown), 0.95),
    jain: log.jain === null ? null : round(log.jain),
  };
}

/** How many times longer a task took than it would have alone, from submission to end; short ones count as 5 s. */
function slowdown({ spec, endedS }: TaskRecord): number {
  return Math.max(1, (endedS! - spec.at_s) / Math.max(5, spec.cpu_seconds / spec.cpu_cores));
}

/** The smallest value that at least the given part of the values do not exceed, or null of none. */
function percentile(values: readonly number[], part: number): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)];
  return value === undefined ? null : round(value);
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
