import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { isVisibleTo, type Viewer } from '@app/contracts';
import { Subject } from 'rxjs';
import type {
  QueuePositionsEvent,
  QueueStateEvent,
  StoredTaskEvent,
  TaskEvent,
} from '../queue/domain/task-events.js';
import { TaskEvents } from '../queue/domain/task-events.js';
import { TaskStore } from '../queue/storage/task-store.js';
import { ResourceMonitor } from '../resources/resource-monitor.js';
import { audienceOf, Batch, frameOf, type Audience, type Broadcast } from './broadcast.js';

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
export class EventHub implements OnModuleInit {
  readonly #batches = new Subject<Batch>();
  readonly batches$ = this.#batches.asObservable();
  #gathered: Broadcast[] = [];
  #lastBatchAt = -Infinity;
  #epoch = '';

  constructor(
    private readonly events: TaskEvents,
    private readonly store: TaskStore,
    private readonly monitor: ResourceMonitor,
  ) {}

  async onModuleInit(): Promise<void> {
    const fresh = Math.random().toString(36).slice(2, 10).padEnd(8, '0');
    this.#epoch = await this.store.settingOnce('event_epoch', fresh);
    this.events.all$.subscribe((event) => {
      this.#gather(this.#broadcastOf(event));
    });
  }

  @Interval(5000)
  heartbeat(): void {
    const at = new Date();
    const frames = madeOnce((isAdmin: boolean) =>
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

  /** A stored event, live or replayed: the same bytes for whoever may see it. */
  stored(event: StoredTaskEvent): Broadcast {
    const { type, data, at, sequence, userId } = event;
    const frames = madeOnce((isAdmin: boolean) =>
      frameOf(this.#eventId(sequence), this.#text(type, data, at, isAdmin)),
    );
    return {
      sequence,
      subject: type === 'task_description_update' ? data.task_id : null,
      frameFor: (viewer) => (isVisibleTo(viewer, { user_id: userId }) ? frames(viewer.isAdmin) : null),
    };
  }

  /** What a client begins with that has missed nothing, or too much. */
  initialState(data: object, sequence: number, viewer: Viewer): Buffer {
    return frameOf(this.#eventId(sequence), this.#text('initial_state', data, new Date(), viewer.isAdmin));
  }

  #broadcastOf(event: TaskEvent): Broadcast {
    if (event.type === 'queue_positions') return this.#positions(event);
    return event.type === 'queue_state' ? this.#queueState(event) : this.stored(event);
  }

  #queueState({ type, paused }: QueueStateEvent): Broadcast {
    const at = new Date();
    const frames = madeOnce((isAdmin: boolean) => frameOf(null, this.#text(type, { paused }, at, isAdmin)));
    return { sequence: null, subject: type, frameFor: (viewer) => frames(viewer.isAdmin) };
  }

  #positions(event: QueuePositionsEvent): Broadcast {
    const at = new Date();
    const frames = madeOnce((audience: Audience) => {
      const viewer = { userId: audience ?? '', isAdmin: audience === null };
      const positions = [...event.positions]
        .filter(([, { userId }]) => isVisibleTo(viewer, { user_id: userId }))
        .map(([task_id, { position }]) => ({
          task_id,
          queue_position: position.position,
          wait_kind: position.kind,
          wait_reason: viewer.isAdmin ? position.reason : position.userReason,
          estimated_start_at:
            position.estimatedStartAtMs === null ? null : new Date(position.estimatedStartAtMs).toISOString(),
        }));
      if (positions.length === 0) return null;
      return frameOf(null, this.#text('queue_positions', { positions }, at, viewer.isAdmin));
    });
    // It tells only the places that have changed, so a later one does not make it needless.
    return { sequence: null, subject: null, frameFor: (viewer) => frames(audienceOf(viewer)) };
  }

  #gather(broadcast: Broadcast): void {
    this.#gathered.push(broadcast);
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
function madeOnce<Key, Frame>(make: (key: Key) => Frame): (key: Key) => Frame {
  const frames = new Map<Key, Frame>();
  return (key) => {
    let frame = frames.get(key);
    if (frame === undefined) frames.set(key, (frame = make(key)));
    return frame;
  };
}
