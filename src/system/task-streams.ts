import { Injectable, Logger, type BeforeApplicationShutdown, type MessageEvent } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Observable, type Subscriber, type Subscription } from 'rxjs';
import { Callers } from '../auth/callers.service.js';
import type { CurrentUser } from '../auth/current-user.decorator.js';
import { TaskQueue } from '../queue/queue.service.js';
import { TaskStore } from '../queue/task-store.js';
import { EventHub, type Broadcast, type StreamMessage } from './event-hub.js';

const mostStreamsPerUser = 10;
const recentTasks = 10;
const mostReplayed = 5000;

interface Stream {
  readonly viewer: CurrentUser;
  readonly subscriber: Subscriber<MessageEvent>;
}

/**
 * The open event streams of this node.
 *
 * A stream listens first and holds back what arrives; then it takes a snapshot at sequence S (or
 * replays what its client has missed, up to S), and lets through what is later than S. So nothing that
 * happens in between is lost or told twice.
 */
@Injectable()
export class TaskStreams implements BeforeApplicationShutdown {
  readonly #logger = new Logger('TaskStreams');
  readonly #streams = new Set<Stream>();

  constructor(
    private readonly hub: EventHub,
    private readonly store: TaskStore,
    private readonly queue: TaskQueue,
    private readonly callers: Callers,
  ) {}

  get count(): number {
    return this.#streams.size;
  }

  /** A stream for one viewer; `lastEventId` is where an earlier one broke off. */
  open(viewer: CurrentUser, lastEventId: string | undefined): Observable<MessageEvent> {
    return new Observable((subscriber) => {
      const stream: Stream = { viewer, subscriber };
      this.#makeRoomFor(viewer);
      this.#streams.add(stream);

      // A resumed client keeps its place until something newer reaches it.
      let sentUpTo = lastEventId === undefined ? null : this.hub.sequenceOf(lastEventId);
      let held: Broadcast[] | null = [];
      const send = (message: StreamMessage) => {
        if (message.sequence !== null) sentUpTo = message.sequence;
        // An id of its own would move the client's place; the last one again leaves it where it is.
        subscriber.next({ data: message.json, id: this.hub.eventId(sentUpTo ?? 0) });
      };
      const pass = (broadcast: Broadcast) => {
        if (broadcast.sequence !== null && broadcast.sequence <= (sentUpTo ?? 0)) return;
        const json = broadcast.for(viewer);
        if (json !== null) send({ sequence: broadcast.sequence, json });
      };
      const live: Subscription = this.hub.broadcasts$.subscribe((broadcast) => {
        if (held) held.push(broadcast);
        else pass(broadcast);
      });
      this.#begin(viewer, lastEventId).then(
        (messages) => {
          for (const message of messages) send(message);
          const waiting = held ?? [];
          held = null;
          for (const broadcast of waiting) pass(broadcast);
        },
        (error: unknown) => {
          this.#logger.error(`A stream could not begin: ${String(error)}`);
          subscriber.complete();
        },
      );
      return () => {
        live.unsubscribe();
        this.#streams.delete(stream);
      };
    });
  }

  /** Ends the streams of everybody whose token, login or role is not what it was when they connected. */
  @Interval(1000)
  async sweep(): Promise<void> {
    if (this.#streams.size === 0) return;
    try {
      // A stream that opens during the query is not in its answer, so it waits for the next sweep.
      const checked = [...this.#streams];
      const valid = await this.callers.stillValid(checked.map(({ viewer }) => viewer));
      for (const { viewer, subscriber } of checked) if (!valid.has(viewer)) subscriber.complete();
    } catch (error) {
      this.#logger.error(`Open streams could not be checked: ${String(error)}`);
    }
  }

  beforeApplicationShutdown(): void {
    for (const { subscriber } of this.#streams) subscriber.complete();
  }

  async #begin(viewer: CurrentUser, lastEventId: string | undefined): Promise<StreamMessage[]> {
    const from = lastEventId === undefined ? null : this.hub.sequenceOf(lastEventId);
    const missed = from === null ? null : await this.#missed(viewer, from);
    return missed ?? [await this.#snapshot(viewer)];
  }

  /** What happened after an event, or null when that is not known any more, or never was. */
  async #missed(viewer: CurrentUser, from: number): Promise<StreamMessage[] | null> {
    const last = await this.store.lastSequence();
    const first = await this.store.firstSequence();
    if (from > last || first === null || from < first - 1) return null;
    const userId = viewer.isAdmin ? null : viewer.userId;
    const events = await this.store.eventsAfter({ after: from, userId, limit: mostReplayed + 1 });
    if (events.length > mostReplayed) return null;
    return events.map((event) => this.hub.replay(event, viewer));
  }

  async #snapshot(viewer: CurrentUser): Promise<StreamMessage> {
    const userId = viewer.isAdmin ? null : viewer.userId;
    const { sequence, unfinished, recent } = await this.store.snapshot(userId, recentTasks);
    const queue = this.queue.statusOf(unfinished);
    const data = { ...queue, recent_tasks: recent.map((task) => task.view()), resumed: false };
    return this.hub.initialState(data, sequence, viewer);
  }

  #makeRoomFor(viewer: CurrentUser): void {
    const own = [...this.#streams].filter((stream) => stream.viewer.userId === viewer.userId);
    for (const { subscriber } of own.slice(0, Math.max(0, own.length - mostStreamsPerUser + 1))) {
      subscriber.complete();
    }
  }
}
