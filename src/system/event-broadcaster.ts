import { createHash } from 'node:crypto';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { isVisibleTo, type Viewer } from '@app/contracts';
import { Subject } from 'rxjs';
import { databaseIdentity } from '../database/database-identity.js';
import { Database } from '../database/database.js';
import { TaskViews } from '../queue/api/task-views.js';
import { positionFor } from '../queue/domain/task-view.js';
import {
  stateEventData,
  TaskEvents,
  type QueuePositionsEvent,
  type StoredTaskEvent,
  type TaskEvent,
} from '../queue/domain/task-events.js';
import { TaskStore } from '../queue/storage/task-store.js';
import { ResourceMonitor } from '../resources/resource-monitor.js';
import { audienceOf, Batch, frameOf, type Audience, type OutboundMessage } from './outbound-message.js';

/** What happens within so long of the last batch leaves in one more, together. */
const batchIntervalMs = 20;

/**
 * Turns what happens to tasks into the messages of the event stream, and gathers them into batches: the
 * first after a pause leaves at once, a burst fifty times a second.
 *
 * Each event becomes text, and a batch bytes, at most once for admins, who see the machine's resources in
 * it, and at most once for its owner, however many connections listen. No two texts share an object, so
 * what one audience sees can never leak into or vanish from the other's.
 */
@Injectable()
export class EventBroadcaster implements OnModuleInit {
  readonly #batches = new Subject<Batch>();
  readonly batches$ = this.#batches.asObservable();
  #gathered: OutboundMessage[] = [];
  #lastBatchAt = -Infinity;
  #epoch = '';
  /** Sequence of the last event that was published. */
  #lastSequence = 0;
  /** Sequence of the last event before the queue was last paused or resumed, or before this node started. */
  #pausedSince = 0;

  constructor(
    private readonly events: TaskEvents,
    private readonly store: TaskStore,
    private readonly views: TaskViews,
    private readonly monitor: ResourceMonitor,
    private readonly database: Database,
  ) {}

  async onModuleInit(): Promise<void> {
    this.#epoch = await this.#readEpoch();
    this.#lastSequence = this.#pausedSince = await this.store.lastSequence();
    this.events.all$.subscribe((event) => {
      if (event.type === 'queue_state') this.#pausedSince = this.#lastSequence;
      else if ('sequence' in event) this.#lastSequence = event.sequence;
      this.#gather(this.#messageOf(event));
    });
  }

  @Interval(5000)
  heartbeat(): void {
    const at = new Date();
    const frames = memoize((isAdmin: boolean) =>
      frameOf(null, this.#text('heartbeat', undefined, at, isAdmin)),
    );
    this.#gather({ sequence: null, subject: 'heartbeat', frameFor: (viewer) => frames(viewer.isAdmin) });
  }

  /** The sequence number in an event id of this installation; null for any other text. */
  sequenceOf(eventId: string): number | null {
    const [epoch, digits, ...rest] = eventId.split('-');
    if (epoch !== this.#epoch || digits === undefined || rest.length > 0) return null;
    return /^\d{1,15}$/.test(digits) ? Number(digits) : null;
  }

  /** A stored event, live or replayed: the same bytes for all admins, and others for the task's user. */
  stored(event: StoredTaskEvent): OutboundMessage {
    const { type, data, at, sequence, userId } = event;
    const frames = memoize((isAdmin: boolean) =>
      frameOf(this.#eventId(sequence), this.#text(type, this.#dataFor(isAdmin, event), at, isAdmin)),
    );
    return {
      sequence,
      subject: type === 'task_description_update' ? data.task_id : null,
      frameFor: (viewer) => (isVisibleTo(viewer, { user_id: userId }) ? frames(viewer.isAdmin) : null),
    };
  }

  /** Whether a client that knows all events up to a sequence number may not know that the queue was paused or resumed. */
  mayHaveMissedPause(sequence: number): boolean {
    return sequence <= this.#pausedSince;
  }

  /** Whether the queue is paused, for everyone: a later message replaces an earlier one. */
  queueState(paused: boolean): OutboundMessage {
    const at = new Date();
    const frames = memoize((isAdmin: boolean) =>
      frameOf(null, this.#text('queue_state', { paused }, at, isAdmin)),
    );
    return { sequence: null, subject: 'queue_state', frameFor: (viewer) => frames(viewer.isAdmin) };
  }

  /** What a client begins with that has missed nothing, or too much. */
  initialState(data: object, sequence: number, viewer: Viewer): Buffer {
    return frameOf(this.#eventId(sequence), this.#text('initial_state', data, new Date(), viewer.isAdmin));
  }

  #messageOf(event: TaskEvent): OutboundMessage {
    switch (event.type) {
      case 'queue_positions':
        return this.#positions(event);
      case 'queue_state':
        return this.queueState(event.paused);
      default:
        return this.stored(event);
    }
  }

  #dataFor(isAdmin: boolean, event: StoredTaskEvent): object {
    if (event.type === 'task_description_update') return event.data;
    return stateEventData(event.type, this.views.ofStored({ isAdmin }, event.data));
  }

  #positions(event: QueuePositionsEvent): OutboundMessage {
    const at = new Date();
    const frames = memoize((audience: Audience) => {
      const viewer = { userId: audience ?? '', isAdmin: audience === null };
      const positions = [...event.positions]
        .filter(([, { userId }]) => isVisibleTo(viewer, { user_id: userId }))
        .map(([task_id, { position }]) => ({ task_id, ...positionFor(viewer, position) }));
      if (positions.length === 0) return null;
      return frameOf(null, this.#text('queue_positions', { positions }, at, viewer.isAdmin));
    });
    // It tells only the places that have changed, so a later one does not make it needless.
    return { sequence: null, subject: null, frameFor: (viewer) => frames(audienceOf(viewer)) };
  }

  #gather(message: OutboundMessage): void {
    this.#gathered.push(message);
    if (this.#gathered.length > 1) return;
    const waitMs = this.#lastBatchAt + batchIntervalMs - performance.now();
    if (waitMs > 0) setTimeout(() => this.#release(), waitMs);
    else setImmediate(() => this.#release());
  }

  #release(): void {
    const batch = new Batch(this.#gathered);
    this.#gathered = [];
    this.#batches.next(batch);
    this.#lastBatchAt = performance.now();
  }

  /** The same on all nodes; another one after a restore, when sequence numbers may come a second time. */
  async #readEpoch(): Promise<string> {
    const fresh = Math.random().toString(36).slice(2, 10).padEnd(8, '0');
    const installation = await this.store.settingOnce('event_epoch', fresh);
    const identity = await databaseIdentity(this.database.queries);
    return createHash('sha256').update(`${installation} ${identity}`).digest('hex').slice(0, 12);
  }

  /** The id of an event, `<epoch>-<sequence>`: another installation's sequence numbers mean nothing here. */
  #eventId(sequence: number): string {
    return `${this.#epoch}-${sequence}`;
  }

  #text(type: string, data: object | undefined, at: Date, isAdmin: boolean): string {
    return JSON.stringify({
      type,
      timestamp: at.toISOString(),
      ...(data && { data }),
      ...(isAdmin && { resources: this.monitor.resources() }),
    });
  }
}

/** Makes a frame when the first one of an audience asks for it, and keeps it for the others. */
function memoize<Key, Frame>(make: (key: Key) => Frame): (key: Key) => Frame {
  const frames = new Map<Key, Frame>();
  return (key) => {
    let frame = frames.get(key);
    if (frame === undefined) frames.set(key, (frame = make(key)));
    return frame;
  };
}
