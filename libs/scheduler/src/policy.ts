/** How cautious and how fair the scheduler is; every figure has a default in {@link productionPolicy}. */
export interface SchedulerPolicy {
  /** Part of the machine's cores that stays free, 0..1. */
  readonly cpuBuffer: number;
  /** Part of the machine's RAM that stays free, 0..1. */
  readonly ramBuffer: number;
  /** Part of its declared demand that a task is expected to use, 0..1. */
  readonly consumptionFactor: number;

  /** Seconds from which on a kind of task counts with all of the CPU that was measured, not only with a part of it. */
  readonly longTaskS: number;

  /** Finished runs of a type and size that its learned estimate needs. */
  readonly learnAfterRuns: number;
  /** Seconds after its start during which a task counts with its prediction at least. */
  readonly warmUpS: number;
  /** Part of a fall of the external load that still counts a second later, 0..1. */
  readonly externalDecayPerS: number;

  /** Seconds of waiting that one step of priority is worth. */
  readonly priorityStepS: number;
  /** Seconds of waiting that each doubling of a user's recent usage costs. */
  readonly usageStepS: number;
  /** Core-seconds of usage at which the first doubling is complete. */
  readonly usageUnitCoreS: number;
  /** Seconds in which past usage loses half its weight. */
  readonly usageHalfLifeS: number;
  /** How many times faster the shortest tasks age than the longest. */
  readonly shortTaskAgeing: number;
  /** Seconds of waiting that faster ageing can be worth at most: what keeps every wait finite. */
  readonly shortTaskBonusS: number;

  /** Seconds that a task of an unknown type and size is taken to run. */
  readonly unknownDurationS: number;
  /** Places behind the reserved head that backfill looks at. */
  readonly backfillDepth: number;
  /** Seconds past its first reservation after which the head is waited for without any backfill. */
  readonly backfillGraceS: number;

  /** Part of RAM below which nothing starts, 0..1. */
  readonly pauseBelowRam: number;
  /** Part of RAM below which a task is killed, 0..1. */
  readonly killBelowRam: number;
  /** Memory pressure (PSI some avg10, percent) above which nothing starts. */
  readonly pauseAbovePressure: number;
  /** Memory pressure (PSI full avg10, percent) above which a task is killed. */
  readonly killAbovePressure: number;
}

/** 20 % stay free, tasks are expected to use 80 % of what they declare. */
export const productionPolicy: SchedulerPolicy = {
  cpuBuffer: 0.2,
  ramBuffer: 0.2,
  consumptionFactor: 0.8,
  longTaskS: 10,
  learnAfterRuns: 5,
  warmUpS: 3,
  externalDecayPerS: 0.6,
  priorityStepS: 600,
  usageStepS: 600,
  usageUnitCoreS: 60,
  usageHalfLifeS: 600,
  shortTaskAgeing: 2,
  shortTaskBonusS: 1800,
  unknownDurationS: 30,
  backfillDepth: 100,
  backfillGraceS: 60,
  pauseBelowRam: 0.1,
  killBelowRam: 0.05,
  pauseAbovePressure: 10,
  killAbovePressure: 5,
};

/** 5 % stay free, tasks are expected to use half of what they declare: more at once on a developer's machine. */
export const developmentPolicy: SchedulerPolicy = {
  ...productionPolicy,
  cpuBuffer: 0.05,
  ramBuffer: 0.05,
  consumptionFactor: 0.5,
  longTaskS: Infinity,
};
