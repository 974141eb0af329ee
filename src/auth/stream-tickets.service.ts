import type { StreamTicket } from '@app/contracts';
import { Injectable } from '@nestjs/common';
import { eq, lte } from 'drizzle-orm';
import { randomBytes } from 'node:crypto';
import { Database } from '../database/database.js';
import { streamTickets } from '../database/schema.js';
import { Clock } from '../clock/clock.js';
import type { CurrentUser } from '../http/current-user.decorator.js';
import { hashOf } from './refresh-tokens.js';

const lifetimeS = 30;

/**
 * Tickets that open one event stream, once, within 30 s: `<32 random bytes>.<expiry of the token behind
 * it, ms>`. Only the hash of the whole is kept, so the expiry cannot be altered.
 */
@Injectable()
export class StreamTickets {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async issue(user: CurrentUser): Promise<StreamTicket> {
    const nowMs = this.clock.nowMs();
    const ticket = `${randomBytes(32).toString('base64url')}.${user.expiresAtMs}`;
    await this.database.queries.delete(streamTickets).where(lte(streamTickets.expiresAt, new Date(nowMs)));
    await this.database.queries.insert(streamTickets).values({
      ticketHash: hashOf(ticket),
      loginId: user.loginId,
      expiresAt: new Date(nowMs + lifetimeS * 1000),
    });
    return { ticket, expires_in: lifetimeS };
  }

  /** Uses a ticket up; null where there is none, it was used before, or it is late. */
  async redeem(ticket: string): Promise<{ loginId: string; expiresAtMs: number } | null> {
    const [row] = await this.database.queries
      .delete(streamTickets)
      .where(eq(streamTickets.ticketHash, hashOf(ticket)))
      .returning();
    if (!row || row.expiresAt.getTime() <= this.clock.nowMs()) return null;
    return { loginId: row.loginId, expiresAtMs: Number(ticket.slice(ticket.indexOf('.') + 1)) };
  }
}
