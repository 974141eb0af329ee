import { Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Config } from '../../config/config.js';
import { Database } from '../../database/database.js';
import type { Notification, Notifications } from '../../database/notifications.js';
import type { StoredTaskEvent } from '../domain/task-events.js';
import type { Task } from '../domain/task.js';
import { channels } from '../storage/channels.js';
import { TaskStore } from '../storage/task-store.js';

/** What this node does when other nodes have changed something. */
export interface PeerListener {
  /** Events that this process has not stored, in order, after they were published here. */
  onRemoteEvents(events: readonly StoredTaskEvent[]): Promise<void>;
  /** A task was changed without an event: its priority, or that it is to be cancelled. */
  onTaskUpdated(task: Task): void;
  onSettingChanged(key: string): Promise<void>;
  /** Something may have been missed: what is known here must be read from the database. */
  onGap(): void;
}

/**
 * Notifications of the other nodes on the same database. A lost notification delays a change until the next catch-up; on
 * the embedded store there are no other nodes.
 */
@Injectable()
export class PeerEvents {
  readonly #logger = new Logger('PeerEvents');
  readonly #session: Notifications | null;

  constructor(
    private readonly config: Config,
    private readonly store: TaskStore,
    database: Database,
  ) {
    this.#session = database.listen(Object.values(channels));
  }

  /** The connection that receives notifications and holds this node's name; null on the embedded store. */
  get session(): Notifications | null {
    return this.#session;
  }

  /** Begins to listen; events that are stored from now on are published. */
  async start(listener: PeerListener): Promise<void> {
    this.store.remoteEvents$.subscribe((events) => {
      this.#follow(listener, () => listener.onRemoteEvents(events));
    });
    this.#session?.connected$.subscribe(() => {
      listener.onGap();
      this.store.catchUp();
    });
    this.#session?.notifications$.subscribe((notification) => {
      this.#follow(listener, () => this.#onNotification(listener, notification));
    });
    await this.#session?.open();
    await this.store.begin();
  }

  /** Looks for events whose notification was lost. */
  @Interval(5000)
  catchUp(): void {
    this.store.catchUp();
  }

  async close(): Promise<void> {
    await this.#session?.close();
  }

  async #onNotification(listener: PeerListener, { channel, payload }: Notification): Promise<void> {
    if (channel === channels.events && payload !== this.config.nodeId) this.store.catchUp();
    if (channel === channels.setting) await listener.onSettingChanged(payload);
    if (channel === channels.task) {
      const task = await this.store.find(payload);
      if (task !== null) listener.onTaskUpdated(task);
    }
  }

  #follow(listener: PeerListener, work: () => Promise<void>): void {
    work().catch((error: unknown) => {
      this.#logger.error(`A change by another node could not be followed: ${String(error)}`);
      listener.onGap();
    });
  }
}
