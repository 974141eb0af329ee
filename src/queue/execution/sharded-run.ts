import { setImmediate as nextTurn } from 'node:timers/promises';
import type { MeasuredRun } from '@app/scheduler';
import type { TaskHandler } from '@app/tasks-sdk';
import type { Clock } from '../../clock/clock.js';
import { errorMessage } from '../../logging/error-message.js';
import { isMemoryEnd, type AttemptEnd, type StopReason } from '../domain/attempt-outcome.js';
import { taskError } from '../domain/task-error-codes.js';
import type { Measured } from '../domain/task.js';
import type { ShardStore } from '../storage/shard-store.js';
import type { AttemptFiles } from './attempt-files.js';
import type { OpenLog } from './attempt-logs.js';
import { AttemptWork, type Attempt, type Role } from './attempt.js';
import type { ProcessEnd } from './process-launcher.js';
import type { Reservation } from './reservations.js';
import { ShardBoard } from './shard-board.js';
import { ShardWrites } from './shard-writes.js';
import { addMeasured, measuredRun, type TaskProcesses, type TaskProcessRun } from './task-processes.js';

export interface ShardedRunOptions {
  readonly handler: TaskHandler;
  readonly payload: unknown;
  readonly count: number;
  /** Of the payload and the code: shards of another fingerprint are computed again. */
  fingerprint(): Promise<string>;
  readonly log: OpenLog;
  onProgress(description: string, progress: number | null): void;
  /** One of its processes has ended, and that is stored. */
  onCapacityReleased(): void;
  /** Takes a reservation without asking for admission: for the reduce of a task that is being cancelled. */
  reserve(): Reservation;
}

export interface ShardedRunServices {
  readonly processes: TaskProcesses;
  readonly shards: ShardStore;
  readonly files: AttemptFiles;
  readonly clock: Clock;
}

const stopLimitMs = 5_000;
/** How long the finished shards of a cancelled task may take to be reduced. */
const partialReduceLimitMs = 30_000;

/**
 * The work of a sharded task: a process for each shard that was admitted, then one that reduces their results.
 *
 * The database knows which shards are done, so a later attempt goes on where this one ended. The end of a shard is
 * stored before its reservation is released. A shard whose process was killed for want of memory waits again, as often
 * as the task may be attempted; any other failure ends the task, once its other processes have been stopped.
 */
export class ShardedRun extends AttemptWork {
  readonly #running = new Map<Role, TaskProcessRun>();
  readonly #writes: ShardWrites;
  /** The task's reservation until its first process holds it. */
  #unused: Reservation | null = null;
  #board: ShardBoard | null = null;
  #reduceMemoryKills = 0;
  /** The reduce's reservation is held until the end of the task is stored. */
  #releaseReduce: () => void = () => undefined;

  constructor(
    private readonly attempt: Attempt,
    private readonly options: ShardedRunOptions,
    private readonly services: ShardedRunServices,
  ) {
    super();
    this.#writes = new ShardWrites(attempt, services.shards, services.files, services.clock);
  }

  /** Reads the shards and starts the first that waits, or the reduce; takes the reservation over. */
  async start(reservation: Reservation): Promise<void> {
    this.#unused = reservation;
    try {
      const fingerprint = await this.options.fingerprint();
      const shards = await this.#writes.open(this.options.count, fingerprint);
      if (shards === null || this.attempt.state !== 'starting') {
        this.attempt.finish(this.attempt.pendingEnd ?? { type: 'stopped', reason: 'lost' });
        return;
      }
      this.#board = new ShardBoard(shards, this.services.clock.monotonicMs());
      this.attempt.markRunning();
      this.#unused = null;
      const [first] = this.waiting();
      if (first === undefined) reservation.release();
      else this.startWaiting(first, reservation);
    } catch (error) {
      this.attempt.finish(failure(error));
    }
  }

  override waiting(): readonly Role[] {
    return this.attempt.state === 'running' ? this.#board!.waiting() : [];
  }

  override startWaiting(role: Role, reservation: Reservation): void {
    if (!this.waiting().includes(role)) {
      reservation.release();
      return;
    }
    this.#board!.occupy(role);
    if (role === 'reduce') this.#startReduce(reservation);
    else void this.#startShard(role, reservation);
  }

  override stopForMemory(reservationId: string): void {
    for (const run of this.#running.values()) if (run.reservation.id === reservationId) run.stop('memory');
  }

  override stop(reason: StopReason): void {
    for (const run of this.#running.values()) run.stop(reason);
    this.#concludeWhenIdle();
  }

  override isAlive(): boolean {
    const runs = [...this.#running.values()];
    if (runs.length > 0) return runs.some((run) => run.isAlive());
    return this.#board?.isIdle === false || this.waiting().length > 0;
  }

  override closeLog(): Promise<void> {
    return this.options.log.close();
  }

  override release(): void {
    this.#unused?.release();
    this.#releaseReduce();
    for (const { reservation } of this.#running.values()) reservation.release();
  }

  override stopLimitMs(reason: StopReason): number {
    const mayReduce = reason === 'cancelled' && this.#board?.hasResults === true;
    return mayReduce ? partialReduceLimitMs + stopLimitMs : stopLimitMs;
  }

  async #startShard(index: number, reservation: Reservation): Promise<void> {
    const board = this.#board!;
    const { attempt } = board.get(index);
    try {
      const isClaimed = await this.#writes.claim(index, attempt);
      // Lets events and answers out before a process is started, which holds up the event loop.
      await nextTurn();
      if (isClaimed === true && this.attempt.state === 'running') {
        board.update(index, { status: 'running' });
        const file = this.services.files.shardFile(index, attempt);
        this.#launch(index, reservation, this.services.files.shardPath(this.attempt.task.id, file));
        return;
      }
      reservation.release();
      board.vacate(index);
      if (isClaimed === false) this.attempt.finish({ type: 'stopped', reason: 'lost' });
    } catch (error) {
      reservation.release();
      board.vacate(index);
      this.#fail(failure(error));
    }
    this.#concludeWhenIdle();
  }

  #startReduce(reservation: Reservation): void {
    this.#launch('reduce', reservation, this.services.files.resultPath(this.attempt.task));
  }

  #launch(role: Role, reservation: Reservation, resultPath: string): void {
    const { task } = this.attempt;
    const { handler, payload, log, count } = this.options;
    const paths = this.#board!.results.map((file) =>
      file === null ? null : this.services.files.shardPath(task.id, file),
    );
    const run = this.services.processes.start({
      task,
      handler,
      payload,
      reservation,
      resultPath,
      shard: role === 'reduce' ? role : { index: role, count },
      shardResults: role === 'reduce' ? paths : [],
      log,
      onProgress: (description, progress) => {
        this.#onProgress(role, description, progress);
      },
      onEnd: (end, measured) => {
        this.#running.delete(role);
        this.attempt.measured = addMeasured(this.attempt.measured, measured);
        if (role === 'reduce') this.#onReduceEnd(end, reservation, measuredRun(end, measured));
        else void this.#onShardEnd(role, end, reservation, measured);
      },
    });
    this.#running.set(role, run);
  }

  #onProgress(role: Role, description: string, progress: number | null): void {
    const board = this.#board!;
    if (role !== 'reduce' && progress !== null) board.report(role, progress);
    const line = role === 'reduce' ? null : this.#describe(board);
    this.options.onProgress(line ?? description, board.fraction);
  }

  /** The progress of all shards in the handler's words; null when it has none. */
  #describe(board: ShardBoard): string | null {
    const { handler, payload } = this.options;
    try {
      const etaS = board.etaS(this.services.clock.monotonicMs());
      return handler.describeShards?.(payload, board.fraction, etaS) ?? null;
    } catch {
      return null;
    }
  }

  async #onShardEnd(
    index: number,
    end: ProcessEnd,
    reservation: Reservation,
    measured: Measured,
  ): Promise<void> {
    try {
      await this.#storeShardEnd(index, end);
    } catch (error) {
      this.#fail(failure(error));
    }
    reservation.release(measuredRun(end, measured));
    this.#board!.vacate(index);
    this.#concludeWhenIdle();
    this.options.onCapacityReleased();
  }

  async #storeShardEnd(index: number, end: ProcessEnd): Promise<void> {
    const board = this.#board!;
    const { attempt, memoryKills } = board.get(index);
    if (end.type === 'done') {
      const result = this.services.files.shardFile(index, attempt);
      const isStored = await this.#writes.complete(index, attempt, result);
      if (isStored === true) board.update(index, { status: 'completed', result });
      if (isStored === false) this.attempt.finish({ type: 'stopped', reason: 'lost' });
    } else if (isMemoryEnd(end) && memoryKills + 1 < this.attempt.task.row.maxAttempts) {
      const released = await this.#writes.release(index, attempt);
      if (released !== null) board.update(index, released);
    } else {
      this.#fail(end);
    }
  }

  #onReduceEnd(end: ProcessEnd, reservation: Reservation, run: MeasuredRun): void {
    const board = this.#board!;
    const { pendingEnd } = this.attempt;
    board.vacate('reduce');
    this.#reduceMemoryKills += isMemoryEnd(end) ? 1 : 0;
    const mayRunAgain = isMemoryEnd(end) && this.#reduceMemoryKills < this.attempt.task.row.maxAttempts;
    if (pendingEnd === null && mayRunAgain) {
      reservation.release(run);
      this.options.onCapacityReleased();
      return;
    }
    this.#releaseReduce = () => {
      reservation.release(run);
    };
    // A reduce of all shards is the task's result, even when a stop arrived while it ended.
    const isPartial = !board.mayReduce;
    if (end.type === 'done' && !isPartial) this.attempt.finish(end);
    else this.attempt.finish(pendingEnd ?? end, end.type === 'done' ? { value: end.summary } : null);
  }

  /** The task ends like this; its other processes are stopped first. */
  #fail(end: AttemptEnd): void {
    if (!this.attempt.isOpen || this.attempt.pendingEnd !== null) return;
    this.attempt.beginStopping(end, stopLimitMs);
    this.stop('abandoned');
  }

  /** Ends a stopping attempt after its last process. A cancelled task keeps what is done: that is reduced first. */
  #concludeWhenIdle(): void {
    const end = this.attempt.pendingEnd;
    const board = this.#board;
    // Before the shards are read, `start` ends the attempt.
    if (end === null || board === null || !this.attempt.isOpen || !board.isIdle) return;
    const isCancelled = end.type === 'stopped' && end.reason === 'cancelled';
    if (!isCancelled || !board.hasResults || !board.mayReduce) {
      this.attempt.finish(end);
      return;
    }
    board.markReduced();
    board.occupy('reduce');
    this.#startReduce(this.options.reserve());
    this.services.clock.after(partialReduceLimitMs, () => this.#running.get('reduce')?.stop('cancelled'));
  }
}

function failure(error: unknown): AttemptEnd {
  return { type: 'failed', error: taskError('RESULT_INVALID', errorMessage(error)) };
}
