import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { productionPolicy } from '@app/scheduler';
import { afterAll, describe, expect, it } from '@jest/globals';
import { FixedDispatcher, HeadroomDispatcher, RequirementDispatcher } from '../tools/simulate/dispatchers.js';
import { jainIndex, maxMinShares } from '../tools/simulate/fairness.js';
import { replay } from '../tools/simulate/replay.js';
import { reportOf } from '../tools/simulate/report.js';
import type { Report } from '../tools/simulate/report.js';
import { generateScenario } from '../tools/simulate/scenario.js';
import { readExternal, readTrace } from '../tools/simulate/trace.js';
import type { TraceTask, Workload } from '../tools/simulate/trace.js';

const policy = { ...productionPolicy, cpuBuffer: 0.1 };
const traces = new URL('../../shared/traces/', import.meta.url);
const hasTraces = existsSync(traces);
const scratch = mkdtempSync(join(tmpdir(), 'simulate-'));
afterAll(() => rmSync(scratch, { recursive: true }));

function underHeadroom(workload: Workload): Report {
  return reportOf('headroom', replay(workload, 8, 16, new HeadroomDispatcher(policy)));
}

function traceTask(change: Partial<TraceTask>): TraceTask {
  return {
    at_s: 0,
    user: 'anna',
    type: 'backtest',
    size: 1,
    priority: 0,
    cpu_cores: 1,
    cpu_seconds: 10,
    ram_gb: 0.5,
    ramp: 0.5,
    interactive: true,
    ...change,
  };
}

describe('the machine model', () => {
  it('slows everything in proportion when demand exceeds the cores', () => {
    // Four tasks of one core on two cores: each runs at half speed, so 10 s of work take 20.
    const tasks = Array.from({ length: 4 }, () => traceTask({}));
    const log = replay({ tasks, external: [] }, 2, 16, new FixedDispatcher(4));
    expect(log.records.map(({ endedS }) => endedS)).toEqual([20, 20, 20, 20]);
    expect(log.peakCpuRatio).toBe(2);
    // Slowdown: 20 s over 10 s alone.
    expect(reportOf('fixed:4', log)).toMatchObject({ makespan_s: 20, interactive_slowdown_p95: 2 });
  });

  it('kills the largest task when memory runs out, and runs it again', () => {
    // 7 GB and 2 GB, both at their peaks after 5 s, do not fit 8 GB: the larger is killed then and starts again, and
    // has its peak when the other has just ended.
    const tasks = [traceTask({ ram_gb: 7 }), traceTask({ ram_gb: 2 })];
    const log = replay({ tasks, external: [] }, 8, 8, new FixedDispatcher(2));
    expect(log.ooms).toBe(1);
    expect(log.records.map(({ endedS }) => endedS)).toEqual([15, 10]);
  });
});

describe('the measure of fairness', () => {
  it('divides what was served so that the smallest share is largest', () => {
    expect(maxMinShares([2, 10, 10], 14)).toEqual([2, 6, 6]);
    expect(maxMinShares([1, 1], 14)).toEqual([1, 1]);
  });

  it('is 1 for equals and 1/n when one has everything', () => {
    expect(jainIndex([0.5, 0.5])).toBe(1);
    expect(jainIndex([1, 0, 0, 0])).toBe(0.25);
  });
});

describe('a generated burst of half an hour', () => {
  const workload = generateScenario('burst', 7, 30);

  it('is the same for the same seed, and another for another', () => {
    expect(generateScenario('burst', 7, 30)).toEqual(workload);
    expect(generateScenario('burst', 8, 30)).not.toEqual(workload);
  });

  it('is finished without running out of memory, safer, fairer and quicker than the plain rule or a pool', () => {
    const headroom = underHeadroom(workload);
    const requirement = reportOf('requirement', replay(workload, 8, 16, new RequirementDispatcher(policy)));
    const pool = reportOf('fixed:6', replay(workload, 8, 16, new FixedDispatcher(6)));
    expect(headroom).toMatchObject({ completed: workload.tasks.length, ooms: 0 });
    expect(headroom.peak_cpu_ratio).toBeLessThan(requirement.peak_cpu_ratio / 2);
    for (const other of [requirement, pool]) {
      expect(headroom.interactive_slowdown_p95!).toBeLessThan(other.interactive_slowdown_p95! / 2);
      expect(headroom.jain!).toBeGreaterThan(other.jain!);
    }
  });

  it('replays to the same figures', () => {
    expect(underHeadroom(workload)).toEqual(underHeadroom(workload));
  });
});

it('finishes a memory scenario on a machine that its learned estimates outgrow', () => {
  const workload = generateScenario('memory', 1, 30);
  const log = replay(workload, 8, 11, new HeadroomDispatcher(policy));
  expect(reportOf('headroom', log)).toMatchObject({ completed: workload.tasks.length, ooms: 0 });
});

describe('files', () => {
  const line = JSON.stringify(traceTask({}));

  it('are read gzipped or plain', () => {
    const plain = join(scratch, 'trace.jsonl');
    const zipped = join(scratch, 'trace.jsonl.gz');
    writeFileSync(plain, `${line}\n\n${line}\n`);
    writeFileSync(zipped, gzipSync(`${line}\n${line}\n`));
    expect(readTrace(zipped)).toEqual(readTrace(plain));
    expect(readTrace(plain)).toHaveLength(2);
  });

  it('that are broken name the line', () => {
    const broken = join(scratch, 'broken.jsonl');
    writeFileSync(broken, `${line}\n{"at_s":1}\n`);
    expect(() => readTrace(broken)).toThrow(/broken\.jsonl:2: /);
  });
});

const entry = new URL('../dist/tools/simulate.js', import.meta.url).pathname;
(existsSync(entry) ? describe : describe.skip)('the command (skipped where nothing is built)', () => {
  const run = (...args: string[]) => execFileSync(process.execPath, [entry, ...args], { encoding: 'utf8' });

  it('prints one JSON object and nothing else', () => {
    const output = run('--scenario', 'burst', '--seed', '7', '--minutes', '5', '--json');
    expect(output.trim().split('\n')).toHaveLength(1);
    expect(Object.keys(JSON.parse(output) as object)).toEqual([
      'policy',
      'tasks',
      'completed',
      'makespan_s',
      'peak_cpu_ratio',
      'peak_ram_ratio',
      'ooms',
      'guard_kills',
      'wait_p50_s',
      'wait_p95_s',
      'wait_p99_s',
      'longest_training_wait_s',
      'interactive_slowdown_p95',
      'jain',
    ]);
  });

  it('explains itself', () => {
    expect(run('--help')).toContain('--policy NAME');
  });

  it('refuses what it does not understand', () => {
    expect(() => run('--scenario', 'nonsense')).toThrow(/--scenario is one of burst/);
  });
});

(hasTraces ? describe : describe.skip)('recorded traces (skipped where the traces are not there)', () => {
  const report = (name: string) => {
    const file = (suffix: string) => new URL(`${name}${suffix}.jsonl.gz`, traces).pathname;
    return underHeadroom({ tasks: readTrace(file('')), external: readExternal(file('.external')) });
  };

  it('a burst: interactive users hardly notice, and nobody runs out of memory', () => {
    const burst = report('burst-2');
    expect(burst).toMatchObject({ completed: burst.tasks, ooms: 0 });
    expect(burst.peak_cpu_ratio).toBeLessThanOrEqual(1.15);
    expect(burst.interactive_slowdown_p95!).toBeLessThanOrEqual(2);
    expect(burst.jain!).toBeGreaterThanOrEqual(0.88);
  });

  it('memory-hungry trainings: all finish, none is killed by the machine', () => {
    const memory = report('memory-2');
    expect(memory).toMatchObject({ completed: memory.tasks, ooms: 0 });
    expect(memory.peak_ram_ratio).toBeLessThan(1);
  });
});
