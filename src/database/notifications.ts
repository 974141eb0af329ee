import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import pg from 'pg';
import { Subject } from 'rxjs';

export interface Notification {
  readonly channel: string;
  readonly payload: string;
}

const firstPauseMs = 200;
const longestPauseMs = 5_000;

/**
 * What other processes on the same database say by NOTIFY, heard on a connection of its own.
 *
 * A connection that breaks is made again. What was said meanwhile is lost: `connected$` tells those
 * who must look for themselves then.
 */
export class Notifications {
  readonly #logger = new Logger('Notifications');
  readonly #heard = new Subject<Notification>();
  readonly #connected = new Subject<void>();
  readonly heard$ = this.#heard.asObservable();
  readonly connected$ = this.#connected.asObservable();
  #client: pg.Client | null = null;
  #isClosed = false;

  constructor(
    private readonly url: string,
    private readonly channels: readonly string[],
  ) {}

  /** Resolves when the first connection stands. */
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
      this.#heard.next({ channel, payload: payload ?? '' });
    });
    await client.connect();
    for (const channel of this.channels) await client.query(`listen ${pg.escapeIdentifier(channel)}`);
    this.#client = client;
    this.#connected.next();
    void lost.then(() => this.#reopen(client));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#client?.end().catch(() => undefined);
  }

  async #reopen(lost: pg.Client): Promise<void> {
    void lost.end().catch(() => undefined);
    for (let pause = firstPauseMs; !this.#isClosed; pause = Math.min(2 * pause, longestPauseMs)) {
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
