import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import pg from 'pg';
import { Subject } from 'rxjs';

export interface Notification {
  readonly channel: string;
  readonly payload: string;
}

const firstPauseMs = 200;
const maxPauseMs = 5_000;
/** The first key of the advisory locks for node names; pairs of keys do not collide with the single keys of `locks`. */
const nameLocks = 7_230_005;
/** The server notices within 15 s that this host is gone, and releases the locks of this connection. */
const noticeDeadPeers =
  'set tcp_keepalives_idle = 5; set tcp_keepalives_interval = 5; set tcp_keepalives_count = 2';

/**
 * Receives what other processes on the same database send by NOTIFY, on a dedicated connection.
 *
 * A broken connection is opened again. Notifications in between are lost: after each `connected$` a subscriber has to
 * read the state that it depends on.
 */
export class Notifications {
  readonly #logger = new Logger('Notifications');
  readonly #notifications = new Subject<Notification>();
  readonly #connected = new Subject<void>();
  readonly notifications$ = this.#notifications.asObservable();
  readonly connected$ = this.#connected.asObservable();
  #client: pg.Client | null = null;
  #isClosed = false;

  constructor(
    private readonly url: string,
    private readonly channels: readonly string[],
  ) {}

  /** Resolves when the first connection is open. */
  async open(): Promise<void> {
    const client = new pg.Client({ connectionString: this.url, keepAlive: true });
    const lost = new Promise<void>((resolve) => {
      client.on('error', () => {
        resolve();
      });
      client.on('end', () => {
        resolve();
      });
    });
    client.on('notification', ({ channel, payload }) => {
      this.#notifications.next({ channel, payload: payload ?? '' });
    });
    await client.connect();
    await client.query(noticeDeadPeers);
    for (const channel of this.channels) await client.query(`listen ${pg.escapeIdentifier(channel)}`);
    this.#client = client;
    this.#connected.next();
    void lost.then(() => this.#reopen(client));
  }

  /**
   * Takes a name for as long as this connection stands: PostgreSQL frees it with the connection, so with the process,
   * however that ends. A connection that was made again has to take it again.
   *
   * @returns false while another connection has it
   */
  async tryAcquireNameLock(name: string): Promise<boolean> {
    const { rows } = await this.#client!.query<{ got: boolean }>(
      'select pg_try_advisory_lock($1, hashtext($2)) as got',
      [nameLocks, name],
    );
    return rows[0]!.got;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#client?.end().catch(() => undefined);
  }

  async #reopen(lost: pg.Client): Promise<void> {
    void lost.end().catch(() => undefined);
    for (let pause = firstPauseMs; !this.#isClosed; pause = Math.min(2 * pause, maxPauseMs)) {
      try {
        await this.open();
        this.#logger.log('Hears the other nodes again');
        return;
      } catch {
        await delay(pause, undefined, { ref: false });
      }
    }
  }
}
