import type { ShardOrder } from '@app/tasks-sdk';
import type { AttemptEnd, StopReason } from '../domain/attempt-outcome.js';

/** What a process is started for. */
export interface ProcessOrder {
  readonly taskId: string;
  readonly userId: string;
  readonly attempt: number;
  /** The task module that the process runs. */
  readonly entry: URL;
  readonly payload: unknown;
  readonly dataDir: string;
  readonly resultPath: string;
  /** The shard that it does; null for a whole task and for the reduce. */
  readonly shard: ShardOrder | null;
  /** For the reduce: the paths of the shards' results, null for those that are missing. */
  readonly shardResults: readonly (string | null)[];
  /** Hard limit of the heap and of private memory, in MB. */
  readonly memoryLimitMb: number;
}

/** What the process knows of its life; the system's counts are exact where samples have seen little. */
export interface ProcessUse {
  /** When the task's module was loaded and its work began, in ms of the epoch; null when it could not be loaded. */
  readonly loadedAtMs: number | null;
  readonly cpuSeconds: number;
  readonly peakRamMb: number;
}

export type ProcessEnd = AttemptEnd & { readonly use?: ProcessUse };

export interface ProcessObserver {
  /** Validated and bounded progress, at any rate. */
  onProgress(description: string, progress: number | null): void;
  /** What it writes to standard output and standard error, as it comes; the chunk is freed after the call. */
  onOutput(stream: 'stdout' | 'stderr', chunk: Buffer): void;
}

/** A process of a task, from the request to start it on. */
export interface ProcessHandle {
  /** Null until the operating system has given one, and when it never does. */
  readonly pid: number | null;
  /** Settles exactly once, when the process is gone or could not be started; never rejects. */
  readonly ended: Promise<ProcessEnd>;
  /** Whether the operating system has the process, or `ended` is about to settle. */
  isAlive(): boolean;
  /** Ends the process and its group: an abort message, SIGTERM after 0.5 s, SIGKILL after 1.5 s. The first reason stands. */
  stop(reason: StopReason): void;
}

/** Starts the processes of tasks; an injection token, so that tests bring their own. */
export abstract class ProcessLauncher {
  /** Never throws: a process that cannot be started is a handle that ends as `spawn-failed`. */
  abstract launch(order: ProcessOrder, observer: ProcessObserver): ProcessHandle;

  /** Kills what the processes of an attempt that an earlier server process ran here have left behind. Never rejects. */
  abstract killLeftBehind(taskId: string, attempt: number): Promise<void>;

  /**
   * Kills the processes on this machine that were started by tasks of servers that have ended. Those of running servers
   * go on. Never rejects.
   */
  abstract killAllLeftBehind(): Promise<void>;
}
