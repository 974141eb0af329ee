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
 * The figures of a replay. A wait is the time from submission to the start of the attempt that finished, over completed
 * tasks. The longest training wait also counts trainings that never started, up to the end of the replay.
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

/** The time from submission to end over the time that the task takes when nothing else runs, at least 5 s. */
function slowdown({ spec, endedS }: TaskRecord): number {
  return Math.max(1, (endedS! - spec.at_s) / Math.max(5, spec.cpu_seconds / spec.cpu_cores));
}

/** The smallest value that at least the given fraction of the values do not exceed; null when there are no values. */
function percentile(values: readonly number[], fraction: number): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(fraction * sorted.length) - 1)];
  return value === undefined ? null : round(value);
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
