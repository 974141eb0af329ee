import type { StopReason } from '../domain/attempt-outcome.js';
import {
  ProcessLauncher,
  type ProcessEnd,
  type ProcessHandle,
  type ProcessObserver,
  type ProcessOrder,
} from './process-launcher.js';

/** A process that ends when a test says so. */
export class FakeProcess implements ProcessHandle {
  readonly pid = 4242;
  readonly stops: StopReason[] = [];
  readonly ended: Promise<ProcessEnd>;
  isGone = false;
  #end!: (end: ProcessEnd) => void;

  constructor(
    readonly order: ProcessOrder,
    readonly observer: ProcessObserver,
  ) {
    this.ended = new Promise((resolve) => (this.#end = resolve));
  }

  isAlive(): boolean {
    return !this.isGone;
  }

  stop(reason: StopReason): void {
    this.stops.push(reason);
  }

  async end(end: ProcessEnd): Promise<void> {
    this.isGone = true;
    this.#end(end);
    await settle();
  }

  /** As the launcher reports the end of a process that was stopped. */
  endStopped(): Promise<void> {
    return this.end({ type: 'stopped', reason: this.stops[0]! });
  }
}

export class FakeLauncher extends ProcessLauncher {
  readonly processes: FakeProcess[] = [];
  /** The attempts whose leftovers were killed, as `<taskId>.<attempt>`, or `all`. */
  readonly killedLeftovers: string[] = [];

  override launch(order: ProcessOrder, observer: ProcessObserver): FakeProcess {
    const process = new FakeProcess(order, observer);
    this.processes.push(process);
    return process;
  }

  override killLeftBehind(taskId: string, attempt: number): Promise<void> {
    this.killedLeftovers.push(`${taskId}.${attempt}`);
    return Promise.resolve();
  }

  override killAllLeftBehind(): Promise<void> {
    this.killedLeftovers.push('all');
    return Promise.resolve();
  }

  get last(): FakeProcess {
    return this.processes.at(-1)!;
  }
}

/** Lets everything run that is ready to. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
