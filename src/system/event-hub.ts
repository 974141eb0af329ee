import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { isVisibleTo, type Viewer } from '@app/contracts';
import { Subject } from 'rxjs';
import type { QueuePositionsEvent, StoredTaskEvent } from '../queue/task-events.js';
import { TaskEvents } from '../queue/task-events.js';
import { TaskStore } from '../queue/task-store.js';
import { ResourceMonitor } from '../resources/resource-monitor.js';

/** One message of the stream, ready to be written for one viewer. */
export interface StreamMessage {
  /** Null: it has no place in the order of events and must not move a client's last event id. */
  readonly sequence: number | null;
  readonly json: string;
}

/** Something that happened, and its text for whoever may see it; null for whoever may not. */
export interface Broadcast {
  readonly sequence: number | null;
  for(viewer: Viewer): string | null;
}

/**
 * Turns what happens to tasks into the messages of the event stream.
 *
 * Each event becomes JSON at most once for admins, who see the machine's resources in it, and at most
 * once for its owner, however many connections listen. No two texts share an object, so what one
 * audience sees can never leak into or vanish from the other's.
 */
@Injectable()
export class EventHub implements OnModuleInit {
  readonly #broadcasts = new Subject<Broadcast>();
  readonly broadcasts$ = this.#broadcasts.asObservable();
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
      this.#broadcasts.next(
        event.type === 'queue_positions' ? this.#positions(event) : this.#taskEvent(event),
      );
    });
  }

  @Interval(5000)
  heartbeat(): void {
    const texts = this.#perAudience(() => ({ type: 'heartbeat' }), new Date());
    this.#broadcasts.next({ sequence: null, for: (viewer) => texts(viewer.isAdmin) });
  }

  /** The id of an event, `<epoch>-<sequence>`: another installation's sequence numbers mean nothing here. */
  eventId(sequence: number): string {
    return `${this.#epoch}-${sequence}`;
  }

  /** The sequence number in an event id of this installation; null for any other text. */
  sequenceOf(eventId: string): number | null {
    const [epoch, digits, ...rest] = eventId.split('-');
    if (epoch !== this.#epoch || digits === undefined || rest.length > 0) return null;
    return /^\d{1,15}$/.test(digits) ? Number(digits) : null;
  }

  /** A stored event for one viewer, who must be allowed to see it. */
  replay(event: StoredTaskEvent, viewer: Viewer): StreamMessage {
    return { sequence: event.sequence, json: this.#text(event.type, event.data, event.at, viewer.isAdmin) };
  }

  initialState(data: object, sequence: number, viewer: Viewer): StreamMessage {
    return { sequence, json: this.#text('initial_state', data, new Date(), viewer.isAdmin) };
  }

  #taskEvent(event: StoredTaskEvent): Broadcast {
    const texts = this.#perAudience(() => ({ type: event.type, data: event.data }), event.at);
    return {
      sequence: event.sequence,
      for: (viewer) => (isVisibleTo(viewer, { user_id: event.userId }) ? texts(viewer.isAdmin) : null),
    };
  }

  #positions(event: QueuePositionsEvent): Broadcast {
    const at = new Date();
    const textOf = (viewer: Viewer): string | null => {
      const positions = [...event.placements]
        .filter(([, { userId }]) => isVisibleTo(viewer, { user_id: userId }))
        .map(([task_id, { placement }]) => ({
          task_id,
          queue_position: placement.position,
          wait_reason: placement.reason,
          estimated_start_at:
            placement.estimatedStartAtMs === null
              ? null
              : new Date(placement.estimatedStartAtMs).toISOString(),
        }));
      return positions.length === 0 ? null : this.#text('queue_positions', { positions }, at, viewer.isAdmin);
    };
    const texts = new Map<string, string | null>();
    return {
      sequence: null,
      for: (viewer) => {
        const audience = viewer.isAdmin ? '' : viewer.userId;
        if (!texts.has(audience)) texts.set(audience, textOf(viewer));
        return texts.get(audience)!;
      },
    };
  }

  #perAudience(message: () => { type: string; data?: object }, at: Date): (isAdmin: boolean) => string {
    const texts = new Map<boolean, string>();
    return (isAdmin) => {
      let text = texts.get(isAdmin);
      if (text === undefined) {
        const { type, data } = message();
        text = this.#text(type, data, at, isAdmin);
        texts.set(isAdmin, text);
      }
      return text;
    };
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
