import { Injectable, Logger } from '@nestjs/common';
import type { ShardOrder, TaskHandler } from '@app/tasks-sdk';
import { Clock } from '../../clock/clock.js';
import { Config } from '../../config/config.js';
import { ResourceMonitor } from '../../resources/resource-monitor.js';
import type { StopReason } from '../domain/attempt-outcome.js';
import type { Measured, Task } from '../domain/task.js';
import type { OpenLog } from './attempt-logs.js';
import { ExecutionEvents } from './execution-events.js';
import { ProcessLauncher, type ProcessEnd, type ProcessHandle } from './process-launcher.js';
import type { Reservation } from './reservations.js';

/** What a process of an attempt is to do. */
export interface ProcessRequest {
  readonly task: Task;
  readonly handler: TaskHandler;
  readonly payload: unknown;
  readonly reservation: Reservation;
  readonly resultPath: string;
  /** The shard that it does, `reduce`, or null for a whole task. */
  readonly shard: ShardOrder | 'reduce' | null;
  readonly shardResults: readonly (string | null)[];
  readonly log: OpenLog;
  onProgress(description: string, progress: number | null): void;
  /** Called once, after the process is gone; its reservation is still held then. */
  onEnd(end: ProcessEnd, measured: Measured): void;
}

/** A running process of an attempt and the reservation that it holds. */
export class TaskProcessRun {
  constructor(
    private readonly handle: ProcessHandle,
    readonly reservation: Reservation,
  ) {}

  isAlive(): boolean {
    return this.handle.isAlive();
  }

  stop(reason: StopReason): void {
    this.handle.stop(reason);
  }
}

const hardLimitFactor = 4;
const minHardLimitMb = 1024;

/** Starts the processes of attempts, has them measured and publishes their starts and ends. */
@Injectable()
export class TaskProcesses {
  readonly #logger = new Logger('TaskProcesses');

  constructor(
    private readonly config: Config,
    private readonly launcher: ProcessLauncher,
    private readonly monitor: ResourceMonitor,
    private readonly events: ExecutionEvents,
    private readonly clock: Clock,
  ) {}

  start(request: ProcessRequest): TaskProcessRun {
    const { row } = request.task;
    const { reservation, shard, log } = request;
    const isShard = shard !== null && shard !== 'reduce';
    const label = isShard ? `shard ${shard.index}` : shard;
    const output = { stdout: log.stream(label), stderr: log.stream(label) };
    const handle = this.launcher.launch(
      {
        taskId: row.taskId,
        userId: row.userId,
        attempt: row.attempt,
        entry: request.handler.entry,
        payload: request.payload,
        dataDir: this.config.dataDir,
        resultPath: request.resultPath,
        shard: isShard ? shard : null,
        shardResults: request.shardResults,
        memoryLimitMb: Math.max(hardLimitFactor * (row.floorRamMb ?? row.ramMb), minHardLimitMb),
      },
      {
        onProgress: (description, progress) => {
          request.onProgress(description, progress);
        },
        onOutput: (stream, chunk) => {
          output[stream].write(chunk);
        },
      },
    );
    if (handle.pid !== null) this.monitor.watch(reservation.id, handle.pid);
    const startedAtMs = this.clock.steadyMs();
    const event = { row, shard: isShard ? shard.index : shard, startedAtMs };
    this.events.publishProcess({ ...event, end: null });
    void handle.ended.then((end) => {
      output.stdout.end();
      output.stderr.end();
      const measured = this.#measure(reservation.id, end);
      if (end.type === 'spawn-failed') {
        this.#logger.warn(`No process could be started for task ${row.taskId}: ${end.message}`);
      }
      this.events.publishProcess({ ...event, end });
      request.onEnd(end, measured);
    });
    return new TaskProcessRun(handle, reservation);
  }

  /** The system's own count of CPU time is exact where samples have seen little; peaks are the samples' first. */
  #measure(reservationId: string, { use }: ProcessEnd): Measured {
    const sampled = this.monitor.unwatch(reservationId);
    return {
      cpuSeconds: use?.cpuSeconds ?? sampled.cpuSeconds,
      peakRamMb: sampled.peakRamMb ?? use?.peakRamMb ?? null,
    };
  }
}

/** What a reservation's end teaches the scheduler about the type of task. */
export function measuredRun(end: ProcessEnd, { cpuSeconds, peakRamMb }: Measured) {
  return {
    cpuSeconds: cpuSeconds ?? 0,
    peakRamMb: peakRamMb ?? 0,
    succeeded: end.type === 'done' && peakRamMb !== null,
  };
}

/** CPU adds up over an attempt's processes; the peak is that of the largest. */
export function addMeasured(one: Measured, other: Measured): Measured {
  const merge = (a: number | null, b: number | null, join: (a: number, b: number) => number) =>
    a === null ? b : b === null ? a : join(a, b);
  return {
    cpuSeconds: merge(one.cpuSeconds, other.cpuSeconds, (a, b) => a + b),
    peakRamMb: merge(one.peakRamMb, other.peakRamMb, Math.max),
  };
}
