import { Injectable } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import { Clock } from '../clock/clock.js';
import { Database } from './database.js';

/** How far the database's clock, which stamps all stored times, is ahead of this process's steady clock. */
@Injectable()
export class DatabaseClock {
  #offsetMs = 0;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** The database's clock minus `Clock.steadyMs()`, as last measured; 0 before the first `sync`. */
  get offsetMs(): number {
    return this.#offsetMs;
  }

  /**
   * Measures the offset; the answer counts as given half a round trip before it arrived.
   *
   * @throws the database's error, and keeps the last offset
   */
  async sync(): Promise<void> {
    const askedAtMs = this.clock.steadyMs();
    const { rows } = await this.database.queries.execute<{ ms: number }>(
      sql`select (extract(epoch from clock_timestamp()) * 1000)::float8 as ms`,
    );
    const answeredAtMs = this.clock.steadyMs();
    this.#offsetMs = rows[0]!.ms - (askedAtMs + answeredAtMs) / 2;
  }
}
