import { SeededRandom } from '../test-kit/random.js';
import type { ExternalUse, TraceTask, Workload } from './trace.js';

export const scenarioNames = ['burst', 'heavy', 'memory', 'external', 'stream'] as const;
export type ScenarioName = (typeof scenarioNames)[number];

/** How one user submits: single tasks or groups of them, at random times. */
interface Habit {
  readonly user: string;
  readonly type: 'backtest' | 'model_training' | 'prediction';
  readonly interactive: boolean;
  /** Mean number of submissions per hour. */
  readonly perHour: number;
  /** Minimum and maximum number of tasks in a submission. */
  readonly group?: readonly [number, number];
  /** Submits this many seconds after each submission of the previous user, instead of at random times. */
  readonly followsS?: number;
}

interface Scenario {
  readonly habits: readonly Habit[];
  /** Factor on the usual RAM of trainings. */
  readonly trainingRam: number;
  readonly trainingSizes: readonly number[];
  /** Peaks of the external load above its usual level: how often, how long, how much. */
  readonly spikes: {
    readonly perHour: number;
    readonly lastsS: readonly [number, number];
    readonly cores: readonly [number, number];
    readonly ramGb: readonly [number, number];
  };
}

const usualSpikes = { perHour: 5, lastsS: [35, 85], cores: [0.6, 2], ramGb: [0.2, 0.5] } as const;
const usualSizes = [0.5, 0.5, 0.5, 1, 1, 1, 1, 2, 2, 4];

/** Sweeps submit many backtests at once; interactive users submit single tasks and wait for them. */
const scenarios: Readonly<Record<ScenarioName, Scenario>> = {
  burst: {
    habits: [
      { user: 'sweeper', type: 'backtest', interactive: false, perHour: 8, group: [26, 58] },
      { user: 'analyst', type: 'backtest', interactive: true, perHour: 40 },
      { user: 'student', type: 'backtest', interactive: true, perHour: 31 },
      { user: 'comparer', type: 'backtest', interactive: true, perHour: 6.5, group: [5, 5] },
      { user: 'trainer', type: 'model_training', interactive: false, perHour: 6.5 },
      { user: 'trader', type: 'prediction', interactive: true, perHour: 180 },
    ],
    trainingRam: 1,
    trainingSizes: usualSizes,
    spikes: usualSpikes,
  },
  heavy: {
    habits: [
      { user: 'sweeper', type: 'backtest', interactive: false, perHour: 9.5, group: [30, 60] },
      { user: 'analyst', type: 'backtest', interactive: true, perHour: 95 },
      { user: 'student', type: 'backtest', interactive: true, perHour: 72 },
      { user: 'comparer', type: 'backtest', interactive: true, perHour: 6.5, group: [6, 6] },
      { user: 'trainer', type: 'model_training', interactive: false, perHour: 12 },
      { user: 'trader', type: 'prediction', interactive: true, perHour: 350 },
    ],
    trainingRam: 1,
    trainingSizes: usualSizes,
    spikes: usualSpikes,
  },
  memory: {
    habits: [
      { user: 'sweeper', type: 'backtest', interactive: false, perHour: 6, group: [20, 20] },
      { user: 'trainer', type: 'model_training', interactive: false, perHour: 6, group: [5, 5], followsS: 1 },
      { user: 'analyst', type: 'backtest', interactive: true, perHour: 64 },
      { user: 'trader', type: 'prediction', interactive: true, perHour: 190 },
    ],
    trainingRam: 1.3,
    trainingSizes: [1, 1, 1, 2, 2, 2, 4, 4, 4],
    spikes: usualSpikes,
  },
  external: {
    habits: [
      { user: 'sweeper', type: 'backtest', interactive: false, perHour: 4.5, group: [35, 35] },
      { user: 'analyst', type: 'backtest', interactive: true, perHour: 57 },
      { user: 'trainer', type: 'model_training', interactive: false, perHour: 7 },
      { user: 'trader', type: 'prediction', interactive: true, perHour: 185 },
    ],
    trainingRam: 1,
    trainingSizes: usualSizes,
    spikes: { perHour: 11, lastsS: [40, 175], cores: [2, 4.4], ramGb: [1, 5] },
  },
  stream: {
    habits: [
      { user: 'sweeper', type: 'backtest', interactive: false, perHour: 460 },
      { user: 'analyst', type: 'backtest', interactive: true, perHour: 210 },
      { user: 'trainer', type: 'model_training', interactive: false, perHour: 4.5 },
      { user: 'trader', type: 'prediction', interactive: true, perHour: 725 },
    ],
    trainingRam: 1,
    trainingSizes: [1, 1, 2],
    spikes: usualSpikes,
  },
};

/**
 * Generates a workload: `minutes` of submissions, and an external load that continues for three more hours. The same name,
 * seed and length give the same workload.
 */
export function generateScenario(name: ScenarioName, seed: number, minutes = 90): Workload {
  const scenario = scenarios[name];
  const random = new SeededRandom(seed);
  const untilS = minutes * 60;
  const tasks: TraceTask[] = [];
  let submissionsS: number[] = [];
  for (const habit of scenario.habits) {
    submissionsS =
      habit.followsS === undefined
        ? arrivals(random, habit.perHour, untilS)
        : submissionsS.map((atS) => atS + habit.followsS!);
    for (const atS of submissionsS) {
      const [from, to] = habit.group ?? [1, 1];
      const count = random.integer(from, to);
      for (let i = 0; i < count; i++) tasks.push(taskOf(habit, atS + i * 0.01, scenario, random));
    }
  }
  tasks.sort((a, b) => a.at_s - b.at_s);
  return { tasks, external: externalUse(scenario, untilS + 3 * 3600, random) };
}

function taskOf(habit: Habit, atS: number, scenario: Scenario, random: SeededRandom): TraceTask {
  const sizes = habit.type === 'model_training' ? scenario.trainingSizes : usualSizes;
  const size = sizes[random.integer(0, sizes.length - 1)]!;
  return {
    at_s: thousandths(atS),
    user: habit.user,
    type: habit.type,
    size,
    priority: 0,
    ...needsOf(habit.type, size, scenario, random),
    ramp: thousandths(random.between(0.2, 0.6)),
    interactive: habit.interactive,
  };
}

function needsOf(
  type: Habit['type'],
  size: number,
  scenario: Scenario,
  random: SeededRandom,
): Pick<TraceTask, 'cpu_cores' | 'cpu_seconds' | 'ram_gb'> {
  const needs = (cores: number, workS: number, ramGb: number) => ({
    cpu_cores: thousandths(cores),
    cpu_seconds: thousandths(workS * size * random.around(0.2)),
    ram_gb: thousandths(ramGb * random.around(0.12)),
  });
  switch (type) {
    case 'backtest':
      return needs(random.between(0.93, 1), 13.7, 0.15 + 0.15 * size);
    case 'prediction':
      return needs(random.between(0.35, 1), 1.6, 0.15 + 0.045 * size);
    case 'model_training':
      return needs(random.between(1.6, 2.2), 110, (0.5 + 0.85 * size) * scenario.trainingRam);
  }
}

function externalUse(scenario: Scenario, untilS: number, random: SeededRandom): ExternalUse[] {
  const { perHour, lastsS, cores, ramGb } = scenario.spikes;
  const extraCores = new Float64Array(untilS);
  const extraRamGb = new Float64Array(untilS);
  for (const atS of arrivals(random, perHour, untilS)) {
    const fromS = Math.ceil(atS);
    const toS = fromS + Math.round(random.between(...lastsS));
    extraCores.fill(random.between(...cores), fromS, toS);
    extraRamGb.fill(random.between(...ramGb), fromS, toS);
  }
  return Array.from(extraCores, (extra, atS) => ({
    at_s: atS,
    cpu_cores: thousandths(random.between(1.48, 1.72) + extra),
    ram_gb: thousandths(3.5 + extraRamGb[atS]!),
  }));
}

/** Independent random times (a Poisson process) with a mean of `perHour` per hour. */
function arrivals(random: SeededRandom, perHour: number, untilS: number): number[] {
  const times: number[] = [];
  for (
    let atS = random.exponential(3600 / perHour);
    atS < untilS;
    atS += random.exponential(3600 / perHour)
  ) {
    times.push(atS);
  }
  return times;
}

function thousandths(value: number): number {
  return Math.round(value * 1000) / 1000;
}
