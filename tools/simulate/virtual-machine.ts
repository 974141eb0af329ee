import type { MachineSample, TaskUse } from '@app/scheduler';
import type { TraceTask } from './trace.js';

const MB_PER_GB = 1024;
/** Core-seconds below which work counts as done. */
const DONE = 1e-9;

/** A task that runs on the virtual machine. */
export interface VirtualTask {
  readonly id: string;
  readonly spec: TraceTask;
  /** Core-seconds of work done. */
  doneS: number;
  /** Peak RAM in MB. */
  peakRamMb: number;
  /** Core-seconds done at the last sample. */
  sampledS: number;
}

/**
 * A machine that runs tasks on a virtual clock.
 *
 * CPU demand above its cores slows all tasks in proportion. A task's RAM grows linearly with its work from zero to its
 * peak, which it reaches after the fraction `ramp` of the work, and then stays constant.
 */
export class VirtualMachine {
  readonly #cores: number;
  readonly #ramMb: number;
  readonly #running = new Map<string, VirtualTask>();
  #externalCores = 0;
  #externalRamMb = 0;
  #nowS = 0;
  #sampledAtS = 0;
  #busySinceSampleS = 0;

  constructor(cores: number, ramGb: number) {
    this.#cores = cores;
    this.#ramMb = ramGb * MB_PER_GB;
  }

  get running(): ReadonlyMap<string, VirtualTask> {
    return this.#running;
  }

  /** The CPU that all tasks and the external load could use, as a fraction of the cores. */
  get cpuRatio(): number {
    return this.#demandCores() / this.#cores;
  }

  /** RAM in use, as a fraction of the total. */
  get ramRatio(): number {
    return this.#usedRamMb() / this.#ramMb;
  }

  setExternal(cores: number, ramGb: number): void {
    this.#externalCores = cores;
    this.#externalRamMb = ramGb * MB_PER_GB;
  }

  start(id: string, spec: TraceTask): void {
    this.#running.set(id, { id, spec, doneS: 0, peakRamMb: 0, sampledS: 0 });
  }

  /** Removes a task from the machine. */
  remove(id: string): void {
    const task = this.#running.get(id);
    if (task === undefined) return;
    this.#busySinceSampleS += task.doneS - task.sampledS;
    this.#running.delete(id);
  }

  /** When the next task ends if nothing changes, in seconds; infinite when none runs. */
  nextEndS(): number {
    const speed = this.#speed();
    let earliestS = Infinity;
    for (const { spec, doneS } of this.#running.values()) {
      earliestS = Math.min(earliestS, (spec.cpu_seconds - doneS) / (spec.cpu_cores * speed));
    }
    return this.#nowS + earliestS;
  }

  /** Advances the clock to `atS`, and reports the progress of each task in core-seconds. */
  advance(atS: number, onProgress: (task: VirtualTask, coreSeconds: number) => void): void {
    const elapsedS = atS - this.#nowS;
    const speed = this.#speed();
    for (const task of this.#running.values()) {
      const coreSeconds = Math.min(
        task.spec.cpu_cores * speed * elapsedS,
        task.spec.cpu_seconds - task.doneS,
      );
      task.doneS += coreSeconds;
      task.peakRamMb = Math.max(task.peakRamMb, ramOf(task));
      onProgress(task, coreSeconds);
    }
    this.#busySinceSampleS += this.#externalCores * speed * elapsedS;
    this.#nowS = atS;
  }

  /** The tasks that have done all of their work. */
  finished(): VirtualTask[] {
    return [...this.#running.values()].filter(({ spec, doneS }) => spec.cpu_seconds - doneS < DONE);
  }

  /** The largest task, which is killed when the machine is out of memory; null while memory suffices. */
  outOfMemoryVictim(): VirtualTask | null {
    if (this.#usedRamMb() <= this.#ramMb) return null;
    let largest: VirtualTask | null = null;
    for (const task of this.#running.values()) {
      if (largest === null || ramOf(task) > ramOf(largest)) largest = task;
    }
    return largest;
  }

  /** A sample: CPU is the mean since the last sample, RAM the present use. */
  sample(): MachineSample {
    const sinceS = this.#nowS - this.#sampledAtS;
    const tasks = new Map<string, TaskUse>();
    let ownS = 0;
    for (const task of this.#running.values()) {
      const usedS = task.doneS - task.sampledS;
      task.sampledS = task.doneS;
      ownS += usedS;
      const cpuMillicores = sinceS > 0 ? Math.round((1000 * usedS) / sinceS) : 0;
      tasks.set(task.id, { cpuMillicores, rssMb: Math.ceil(ramOf(task)) });
    }
    const busyCores =
      sinceS > 0 ? (this.#busySinceSampleS + ownS) / sinceS : Math.min(this.#externalCores, this.#cores);
    this.#busySinceSampleS = 0;
    this.#sampledAtS = this.#nowS;
    return {
      atMs: this.#nowS * 1000,
      totalCpuMillicores: Math.round(this.#cores * 1000),
      totalRamMb: Math.floor(this.#ramMb),
      availableCpuMillicores: Math.max(0, Math.round((this.#cores - busyCores) * 1000)),
      availableRamMb: Math.max(0, Math.floor(this.#ramMb - this.#usedRamMb())),
      memoryPressureSome10: null,
      memoryPressureFull10: null,
      tasks,
    };
  }

  #speed(): number {
    return Math.min(1, this.#cores / this.#demandCores());
  }

  #demandCores(): number {
    let demand = this.#externalCores;
    for (const { spec } of this.#running.values()) demand += spec.cpu_cores;
    return demand;
  }

  #usedRamMb(): number {
    let used = this.#externalRamMb;
    for (const task of this.#running.values()) used += ramOf(task);
    return used;
  }
}

function ramOf({ spec, doneS }: VirtualTask): number {
  const rampS = spec.ramp * spec.cpu_seconds;
  return spec.ram_gb * MB_PER_GB * (rampS > 0 ? Math.min(1, doneS / rampS) : 1);
}
