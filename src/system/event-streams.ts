import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import type { Response } from 'express';
import { EMPTY, Observable, type Subscriber } from 'rxjs';
import { AuthenticationService } from '../auth/authentication.service.js';
import type { CurrentUser } from '../http/current-user.decorator.js';
import { QueueStatusReader } from '../queue/api/queue-status.js';
import { SchedulerState } from '../queue/scheduling/scheduler-state.js';
import { TaskStore } from '../queue/storage/task-store.js';
import { EventConnection } from './event-connection.js';
import { EventBroadcaster } from './event-broadcaster.js';
import { StreamStats } from './stream-stats.js';
import { takeOver } from './event-stream-headers.js';

const mostStreamsPerUser = 10;
const mostReplayed = 5000;
const replayPage = 250;

/**
 * The open event streams of this node.
 *
 * A stream listens first and holds back what arrives; then it takes a snapshot at sequence S (or
 * replays what its client has missed, up to S), and lets through what is later than S. So nothing that
 * happens in between is lost or told twice.
 *
 * `@Sse` knows a stream by an Observable that never emits: it opens the response and ends with it. The
 * messages go past it, from the Subject of `EventBroadcaster` straight to the responses.
 */
@Injectable()
export class EventStreams implements BeforeApplicationShutdown {
  readonly #logger = new Logger('EventStreams');
  readonly #streams = new Map<string, Set<EventConnection>>();
  #isClosing = false;
  /** While the database is away: that is said once. */
  #isUnchecked = false;

  readonly stats = new StreamStats();

  constructor(
    private readonly broadcaster: EventBroadcaster,
    private readonly store: TaskStore,
    private readonly queue: QueueStatusReader,
    private readonly schedulerState: SchedulerState,
    private readonly authentication: AuthenticationService,
  ) {
    broadcaster.batches$.subscribe((batch) => {
      for (const own of this.#streams.values()) for (const stream of own) stream.sendBatch(batch);
    });
  }

  /** How many streams are open. */
  get count(): number {
    let count = 0;
    for (const own of this.#streams.values()) count += own.size;
    return count;
  }

  /** A stream for one viewer; `lastEventId` is where an earlier one broke off. */
  open(viewer: CurrentUser, lastEventId: string | undefined, response: Response): Observable<never> {
    // A stream that would begin while the others end is over at once: its client comes back by itself.
    if (this.#isClosing || response.req.method === 'HEAD') return EMPTY;
    const stream = new EventConnection(viewer, response, this.stats);
    return new Observable((subscriber) => {
      this.#add(stream);
      stream.onClose(() => this.#remove(stream));
      this.#begin(stream, lastEventId, response, subscriber).catch((error: unknown) => {
        this.#logger.error(`A stream could not begin: ${String(error)}`);
        stream.end();
      });
    });
  }

  /** Ends the streams of everybody whose token, login or role is not what it was when they connected. */
  @Interval(750)
  async sweep(): Promise<void> {
    const checked = this.#all();
    if (checked.length === 0) return;
    for (const stream of checked) {
      if (stream.isStuck(performance.now())) stream.terminate();
      // That takes no database, which may be away.
      else if (!this.authentication.isTokenGood(stream.viewer)) stream.end();
    }
    try {
      // A stream that opens during the query is not in its answer, so it waits for the next sweep.
      const valid = await this.authentication.stillValid(checked.map(({ viewer }) => viewer));
      for (const stream of checked) if (!valid.has(stream.viewer) && !stream.isOver) stream.end();
      this.#isUnchecked = false;
    } catch (error) {
      if (!this.#isUnchecked) this.#logger.error(`Open streams cannot be checked: ${String(error)}`);
      this.#isUnchecked = true;
    }
  }

  beforeApplicationShutdown(): void {
    this.#isClosing = true;
    for (const stream of this.#all()) stream.end();
  }

  #all(): EventConnection[] {
    return [...this.#streams.values()].flatMap((own) => [...own]);
  }

  /** Takes a stream in; a user's oldest make room for it. */
  #add(stream: EventConnection): void {
    const { userId } = stream.viewer;
    const own = this.#streams.get(userId) ?? new Set();
    for (const oldest of [...own].slice(0, Math.max(0, own.size - mostStreamsPerUser + 1))) oldest.end();
    this.#streams.set(userId, own.add(stream));
  }

  #remove(stream: EventConnection): void {
    const { userId } = stream.viewer;
    const own = this.#streams.get(userId);
    own?.delete(stream);
    if (own?.size === 0) this.#streams.delete(userId);
  }

  async #begin(
    stream: EventConnection,
    lastEventId: string | undefined,
    response: Response,
    opener: Subscriber<never>,
  ): Promise<void> {
    await takeOver(response, opener);
    const from = lastEventId === undefined ? null : this.broadcaster.sequenceOf(lastEventId);
    const isKept = from !== null && (await this.#isKept(from));
    stream.goLive(isKept ? await this.#replay(stream, from) : await this.#snapshot(stream));
  }

  /** Whether all that happened after an event is still known, and not too much. */
  async #isKept(from: number): Promise<boolean> {
    const last = await this.store.lastSequence();
    const first = await this.store.firstSequence();
    return first !== null && from >= first - 1 && from <= last && last - from <= mostReplayed;
  }

  /** Sends what happened after an event, page by page as the client reads. Returns where it has got to. */
  async #replay(stream: EventConnection, from: number): Promise<number> {
    const { viewer } = stream;
    const userId = viewer.isAdmin ? null : viewer.userId;
    let after = from;
    for (;;) {
      const events = await this.store.eventsAfter({ after, userId, limit: replayPage });
      const frames = events.map((event) => this.broadcaster.stored(event).frameFor(viewer));
      await stream.sendInitial(Buffer.concat(frames.filter((frame) => frame !== null)));
      after = events.at(-1)?.sequence ?? after;
      if (events.length < replayPage || stream.isOver) break;
    }
    // A pause is no stored event, so it is not among them.
    if (this.broadcaster.mayHaveMissedPause(from)) {
      await stream.sendInitial(this.broadcaster.queueState(this.schedulerState.isPaused).frameFor(viewer)!);
    }
    return after;
  }

  async #snapshot(stream: EventConnection): Promise<number> {
    const { viewer } = stream;
    const { sequence, data } = await this.queue.initialState(viewer);
    await stream.sendInitial(this.broadcaster.initialState(data, sequence, viewer));
    return sequence;
  }
}
