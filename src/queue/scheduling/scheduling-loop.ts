import { Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { CycleTriggers } from './cycle-triggers.js';
import { Drain } from './drain.js';
import { canMove, IllegalLoopStateError, type LoopState } from './loop-state.js';
import { QueueMirror } from './queue-mirror.js';
import { SchedulerState } from './scheduler-state.js';
import { SchedulingCycle } from './scheduling-cycle.js';
import { Submissions } from './submissions.js';

/**
 * Runs scheduling cycles: whenever something that matters to them has happened, and every five seconds. Cycles never
 * overlap, so what one of them admitted is reserved before the next one decides.
 */
@Injectable()
export class SchedulingLoop {
  readonly #logger = new Logger('QueueWorker');
  #state: LoopState = 'starting';
  #turn: Promise<unknown> = Promise.resolve();
  #isCyclePending = false;

  constructor(
    private readonly cycle: SchedulingCycle,
    private readonly submissions: Submissions,
    private readonly mirror: QueueMirror,
    private readonly schedulerState: SchedulerState,
    private readonly drain: Drain,
    triggers: CycleTriggers,
  ) {
    triggers.wakeups$.subscribe(() => {
      this.wake();
    });
  }

  get state(): LoopState {
    return this.#state;
  }

  /** Whether the queue is loaded and the server is not shutting down. */
  get isActive(): boolean {
    return this.#state === 'running' || this.#state === 'paused' || this.#state === 'reloading';
  }

  /** Loads the queue and begins. */
  async start(): Promise<void> {
    await this.#exclusively(() => this.#load());
    this.#logger.log('Started');
    this.wake();
  }

  /** Starts nothing more, and lets what runs end. */
  async stop(signal: string | undefined): Promise<void> {
    this.#moveTo('draining');
    await this.drain.run(signal, this.#turn);
    this.#moveTo('stopped');
  }

  /** Asks for a cycle soon; any number of calls before it leads to one. */
  wake(): void {
    if (this.#isCyclePending || (!this.isActive && this.submissions.size === 0)) return;
    this.#isCyclePending = true;
    void this.#exclusively(async () => {
      this.#isCyclePending = false;
      await this.#runCycle();
    });
  }

  async setPaused(paused: boolean): Promise<void> {
    await this.schedulerState.setPaused(paused);
    this.#onPausedKnown();
  }

  /** Follows the setting as another node may have left it. */
  async refreshPaused(): Promise<void> {
    await this.schedulerState.readPaused();
    this.#onPausedKnown();
  }

  /** What is in memory may be wrong: the next cycle reads the queue first. */
  requestReload(): void {
    if (canMove(this.#state, 'reloading')) this.#moveTo('reloading');
    this.wake();
  }

  /** The safety net for everything that should have asked for a cycle. */
  @Interval(5000)
  async tick(): Promise<void> {
    if (!this.isActive) return;
    try {
      await this.refreshPaused();
    } catch (error) {
      this.#logger.error(`The state of the queue could not be read: ${String(error)}`);
      this.requestReload();
    }
  }

  async #runCycle(): Promise<void> {
    try {
      if (this.#state === 'reloading') await this.#load();
    } catch (error) {
      for (const submission of this.submissions.takeAll()) submission.reject(error);
      this.#logger.error(`The queue could not be read: ${String(error)}`);
      return;
    }
    try {
      await this.cycle.run(() => this.#state);
    } catch (error) {
      this.#logger.error(`A scheduling cycle failed: ${String(error)}`);
      if (canMove(this.#state, 'reloading')) this.#moveTo('reloading');
    }
  }

  async #load(): Promise<void> {
    await this.schedulerState.readPaused();
    await this.mirror.reload();
    const next = this.schedulerState.isPaused ? 'paused' : 'running';
    // The server may have begun to shut down meanwhile.
    if (canMove(this.#state, next)) this.#moveTo(next);
  }

  #onPausedKnown(): void {
    const next = this.schedulerState.isPaused ? 'paused' : 'running';
    if (this.#state === 'running' || this.#state === 'paused') this.#moveTo(next);
    this.wake();
  }

  /** The one writer of the state. */
  #moveTo(next: LoopState): void {
    if (next === this.#state) return;
    if (!canMove(this.#state, next)) throw new IllegalLoopStateError(this.#state, next);
    this.#state = next;
  }

  #exclusively(work: () => Promise<void>): Promise<void> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }
}
