import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import type { Resources } from '@app/contracts';
import { createHostProbe, ProcessMeter, type HostProbe, type HostSample } from '@app/host-probe';
import {
  formatDecisionLog,
  formatResourceBanner,
  Scheduler,
  thresholdOf,
  type AdmissionDecision,
  type TaskShape,
  type TaskUse,
} from '@app/scheduler';
import { Subject } from 'rxjs';
import { Config } from '../config/config.js';

/** The monitor's time source. */
export interface SteadyClock {
  /** ms since the epoch; never steps, even when the wall clock does. */
  steadyMs(): number;
}

/** What a finished task was measured to use. */
export interface MeasuredUse {
  readonly cpuSeconds: number | null;
  readonly peakRamMb: number | null;
}

interface Watched {
  readonly pid: number;
  cpuSeconds: number;
  peakRamMb: number;
}

/**
 * Measures the machine and the processes of all running tasks once a second, reports the sample to the scheduler, and
 * keeps the figures that the API shows. It is the only sampler of the server.
 */
@Injectable()
export class ResourceMonitor implements OnModuleInit {
  // No context: the requirement's lines carry their own `[ResourceMonitor]` and `[ResourceCheck]`.
  readonly #logger = new Logger();
  // Of the real `/proc`, also where the machine's own figures come from a tree for tests.
  readonly #meter: ProcessMeter;
  readonly #watched = new Map<string, Watched>();
  readonly #sampled = new Subject<HostSample>();
  #probe!: HostProbe;
  #latest!: HostSample;
  #tasksUse: TaskUse = { cpuMillicores: 0, rssMb: 0 };
  #isSampling = false;

  /** Emits each sample once the scheduler knows it. */
  readonly sampled$ = this.#sampled.asObservable();

  constructor(
    private readonly config: Config,
    private readonly scheduler: Scheduler,
    private readonly clock: SteadyClock,
  ) {
    this.#meter = new ProcessMeter({ now: () => clock.steadyMs() });
  }

  async onModuleInit(): Promise<void> {
    const { cpuCores, ramGb, hostRoot } = this.config.machine;
    this.#probe = await createHostProbe({
      now: () => this.clock.steadyMs(),
      ...(cpuCores !== null && { cpuCoresOverride: cpuCores }),
      ...(ramGb !== null && { ramGbOverride: ramGb }),
      ...(hostRoot !== null && { root: hostRoot }),
    });
    await this.sample();
    const { totalCpuMillicores, totalRamMb } = this.#latest;
    const total = { cpuMillicores: totalCpuMillicores, ramMb: totalRamMb };
    for (const line of formatResourceBanner(total, this.scheduler.policy)) this.#logger.log(line);
  }

  @Interval(1000)
  async sample(): Promise<void> {
    if (this.#isSampling) return;
    this.#isSampling = true;
    try {
      const sample = await this.#probe.sample();
      const tasks = new Map<string, TaskUse>();
      for (const [taskId, watched] of this.#watched) {
        const use = this.#measure(watched);
        if (use !== null) tasks.set(taskId, use);
      }
      this.#latest = sample;
      this.#tasksUse = sumOf([...tasks.values()]);
      this.scheduler.observe({
        ...sample,
        memoryPressureSome10: sample.pressure.memory,
        memoryPressureFull10: sample.pressure.memoryFull,
        tasks,
      });
      this.#sampled.next(sample);
    } catch (error) {
      // The readiness route reports `down` when no sample is taken for some seconds.
      this.#logger.error(`The machine could not be measured: ${String(error)}`);
    } finally {
      this.#isSampling = false;
    }
  }

  /** Starts to measure a task's process. */
  watch(taskId: string, pid: number): void {
    this.#watched.set(taskId, { pid, cpuSeconds: 0, peakRamMb: 0 });
  }

  /** Stops measuring; the figures are null for a task that no sample contained. */
  unwatch(taskId: string): MeasuredUse {
    const watched = this.#watched.get(taskId);
    this.#watched.delete(taskId);
    if (watched) this.#meter.forget(watched.pid);
    if (watched === undefined || watched.peakRamMb === 0) return { cpuSeconds: null, peakRamMb: null };
    return { cpuSeconds: watched.cpuSeconds, peakRamMb: watched.peakRamMb };
  }

  /** Whether a task of this shape could start now; logs the decision with its figures. */
  canRun(shape: TaskShape): AdmissionDecision {
    const decision = this.scheduler.canRun(shape);
    this.logDecision(shape.type, decision);
    return decision;
  }

  logDecision(taskType: string, decision: AdmissionDecision): void {
    for (const line of formatDecisionLog(taskType, decision, this.scheduler.policy)) this.#logger.log(line);
  }

  /** The machine as admins see it: cores and GB with two decimals. */
  resources(): Resources {
    const sample = this.#latest;
    const total = { cpuMillicores: sample.totalCpuMillicores, ramMb: sample.totalRamMb };
    const threshold = thresholdOf(total, this.scheduler.policy);
    const reserved = this.scheduler.reserved();
    return {
      cpu: {
        total_cores: cores(sample.totalCpuMillicores),
        available_cores: cores(sample.availableCpuMillicores),
        usage_percent: sample.cpuUsagePercent,
        min_threshold_cores: cores(threshold.cpuMillicores),
      },
      ram: {
        total_gb: gigabytes(sample.totalRamMb),
        available_gb: gigabytes(sample.availableRamMb),
        usage_percent: sample.ramUsagePercent,
        min_threshold_gb: gigabytes(threshold.ramMb),
      },
      buffer_percent: this.scheduler.policy.cpuBuffer * 100,
      pressure: {
        cpu: sample.pressure.cpu,
        memory: sample.pressure.memory,
        io: sample.pressure.io,
      },
      limits: { cpu_source: sample.limits.cpuSource, ram_source: sample.limits.ramSource },
      reserved: { cpu_cores: cores(reserved.cpuMillicores), ram_gb: gigabytes(reserved.ramMb) },
      mode: this.config.devMode ? 'development' : 'production',
      consumption_factor: this.scheduler.policy.consumptionFactor,
    };
  }

  /** The sum of what the processes of all running tasks used at the latest sample. */
  tasksUse(): TaskUse {
    return this.#tasksUse;
  }

  /** Age of the latest sample in ms; more than a few seconds mean that the monitor does not work. */
  sampleAgeMs(): number {
    return this.clock.steadyMs() - this.#latest.atMs;
  }

  #measure(watched: Watched): TaskUse | null {
    const use = this.#meter.measure(watched.pid);
    if (use === null) return null;
    watched.cpuSeconds = Math.max(watched.cpuSeconds, use.cpuSeconds);
    watched.peakRamMb = Math.max(watched.peakRamMb, use.rssMb);
    return use;
  }
}

function sumOf(uses: readonly TaskUse[]): TaskUse {
  return {
    cpuMillicores: uses.reduce((sum, use) => sum + use.cpuMillicores, 0),
    rssMb: uses.reduce((sum, use) => sum + use.rssMb, 0),
  };
}

const cores = (millicores: number) => Math.round(millicores / 10) / 100;
const gigabytes = (mb: number) => Math.round((mb / 1024) * 100) / 100;
