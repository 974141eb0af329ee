/** What one task's processes used when the machine was sampled. */
export interface TaskUse {
  readonly cpuMillicores: number;
  readonly rssMb: number;
}

/** The machine at one moment: totals, what is free, and what our own tasks use of the rest. */
export interface MachineSample {
  readonly atMs: number;
  readonly totalCpuMillicores: number;
  readonly totalRamMb: number;
  readonly availableCpuMillicores: number;
  readonly availableRamMb: number;
  /** PSI memory some avg10 in percent, null where the kernel has none. */
  readonly memoryPressureSome10: number | null;
  /** PSI memory full avg10 in percent, null where the kernel has none. */
  readonly memoryPressureFull10: number | null;
  /** The CPUs there really are had nothing left to give: tasks were seen to get less than they wanted. */
  readonly isCpuSaturated?: boolean;
  /** Measured use of our own running tasks, by task id. */
  readonly tasks: ReadonlyMap<string, TaskUse>;
}
