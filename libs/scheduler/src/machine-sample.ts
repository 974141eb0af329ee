/** What one task's processes used when the machine was sampled. */
export interface TaskUse {
  readonly cpuMillicores: number;
  readonly rssMb: number;
}

/** The machine at one moment: its totals, what is free, and what the scheduler's own tasks use. */
export interface MachineSample {
  /** ms since the epoch; rises from sample to sample. */
  readonly atMs: number;
  readonly totalCpuMillicores: number;
  readonly totalRamMb: number;
  readonly availableCpuMillicores: number;
  readonly availableRamMb: number;
  /** PSI memory some avg10 in percent; null where the kernel has no PSI. */
  readonly memoryPressureSome10: number | null;
  /** PSI memory full avg10 in percent; null where the kernel has no PSI. */
  readonly memoryPressureFull10: number | null;
  /** The physical CPUs were fully used, so tasks may have received less CPU than they could have used. */
  readonly isCpuSaturated?: boolean;
  /** Measured use of the running tasks that the scheduler started, by task id. */
  readonly tasks: ReadonlyMap<string, TaskUse>;
}
