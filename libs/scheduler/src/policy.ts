/** How cautious and how fair the scheduler is; {@link productionPolicy} has the defaults. */
export interface SchedulerPolicy {
  /** Fraction of the machine's cores that stays free, 0..1. */
  readonly cpuBuffer: number;
  /** Fraction of the machine's RAM that stays free, 0..1. */
  readonly ramBuffer: number;
  /** Fraction of its request that a task is expected to use, 0..1. */
  readonly consumptionFactor: number;

  /** Median duration in seconds from which a task type is predicted to use all of its measured CPU. */
  readonly longTaskS: number;

  /** Number of finished runs of a type and size from which its estimate is learned. */
  readonly minRunsForEstimate: number;
  /** Seconds after its start during which a task is allocated at least its prediction. */
  readonly warmUpS: number;
  /** Fraction of a fall of the external load that still counts one second later, 0..1. */
  readonly externalDecayPerS: number;

  /** Seconds of waiting that one step of priority is worth. */
  readonly priorityStepS: number;
  /** Seconds of waiting that each doubling of a user's decayed usage costs. */
  readonly usageStepS: number;
  /** Decayed usage in core-seconds at which the first doubling is complete. */
  readonly usageUnitCoreS: number;
  /** Half-life of the decayed usage in seconds. */
  readonly usageHalfLifeS: number;
  /** Ageing speed of the shortest tasks relative to the longest. */
  readonly shortTaskAgeing: number;
  /** Limit of the bonus for short tasks, in seconds of waiting; it keeps every wait finite. */
  readonly maxShortTaskBonusS: number;

  /** Assumed duration in seconds of a task whose type has never run. */
  readonly unknownDurationS: number;
  /** Number of tasks behind the head that are considered for backfill. */
  readonly maxBackfillDepth: number;
  /** Seconds past the head's guaranteed start time after which nothing is backfilled any more. */
  readonly backfillGraceS: number;

  /** Fraction of RAM below which nothing starts, 0..1. */
  readonly pauseBelowRam: number;
  /** Fraction of RAM below which a task is killed, 0..1. */
  readonly killBelowRam: number;
  /** Memory pressure (PSI some avg10, percent) above which nothing starts. */
  readonly pauseAbovePressure: number;
  /** Memory pressure (PSI full avg10, percent) above which a task is killed. */
  readonly killAbovePressure: number;
}

/** 20 % of the machine stays free, and tasks are expected to use 80 % of their request. */
export const productionPolicy: SchedulerPolicy = {
  cpuBuffer: 0.2,
  ramBuffer: 0.2,
  consumptionFactor: 0.8,
  longTaskS: 10,
  minRunsForEstimate: 5,
  warmUpS: 3,
  externalDecayPerS: 0.6,
  priorityStepS: 600,
  usageStepS: 600,
  usageUnitCoreS: 60,
  usageHalfLifeS: 600,
  shortTaskAgeing: 2,
  maxShortTaskBonusS: 1800,
  unknownDurationS: 30,
  maxBackfillDepth: 100,
  backfillGraceS: 60,
  pauseBelowRam: 0.1,
  killBelowRam: 0.05,
  pauseAbovePressure: 10,
  killAbovePressure: 5,
};

/** 5 % stays free, and tasks are expected to use half of their request, so that more run at once on a laptop. */
export const developmentPolicy: SchedulerPolicy = {
  ...productionPolicy,
  cpuBuffer: 0.05,
  ramBuffer: 0.05,
  consumptionFactor: 0.5,
  longTaskS: Infinity,
};
