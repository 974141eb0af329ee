import { Injectable } from '@nestjs/common';
import { and, eq, isNull, sql } from 'drizzle-orm';
import { Database } from '../database/database.js';
import { logins, users } from '../database/schema.js';
import { AccessTokens } from './access-tokens.js';
import { Clock } from '../clock/clock.js';
import type { CurrentUser } from '../http/current-user.decorator.js';
import { BatchLoader } from './batch-loader.js';
import { StreamTickets } from './stream-tickets.service.js';

export interface StreamCredentials {
  readonly authorization?: string | undefined;
  readonly ticket?: string | undefined;
  readonly token?: string | undefined;
}

const live = and(isNull(logins.revokedAt), eq(users.disabled, false));

/**
 * Tells who calls. A token only names a user and a login; role, disabling and revocation are read from
 * the database each time, so that a change counts from the next request on.
 */
@Injectable()
export class AuthenticationService {
  /** Many requests at once cost one query. */
  readonly #byLogin;
  readonly #rolesByLogins;

  constructor(
    database: Database,
    private readonly accessTokens: AccessTokens,
    private readonly tickets: StreamTickets,
    private readonly clock: Clock,
  ) {
    const byLogins = database.queries
      .select({
        loginId: logins.loginId,
        userId: users.userId,
        username: users.username,
        role: users.role,
        createdAt: users.createdAt,
      })
      .from(logins)
      .innerJoin(users, eq(users.userId, logins.userId))
      .where(and(sql`${logins.loginId} = any(${sql.placeholder('loginIds')})`, live))
      .prepare('callers_by_logins');
    this.#byLogin = new BatchLoader(async (loginIds) => {
      const rows = await byLogins.execute({ loginIds });
      return new Map(rows.map((row) => [row.loginId, row]));
    });
    // One parameter for all logins: as many parameters as logins cost more than the answer to them.
    this.#rolesByLogins = database.queries
      .select({ loginId: logins.loginId, role: users.role })
      .from(logins)
      .innerJoin(users, eq(users.userId, logins.userId))
      .where(and(sql`${logins.loginId} = any(${sql.placeholder('loginIds')})`, live))
      .prepare('roles_by_logins');
  }

  /** The caller behind an `Authorization` header, or null. */
  async authenticate(authorization: string | undefined): Promise<CurrentUser | null> {
    const token = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
    return token === undefined ? null : await this.#byToken(token);
  }

  /** The caller behind a stream's credentials, or null. A header, even a bad one, counts before the query. */
  async authenticateStream(credentials: StreamCredentials): Promise<CurrentUser | null> {
    const { authorization, ticket, token } = credentials;
    if (authorization !== undefined) return await this.authenticate(authorization);
    if (ticket !== undefined) {
      const redeemed = await this.tickets.redeem(ticket);
      return redeemed && redeemed.expiresAtMs > this.clock.nowMs() ? await this.#load(redeemed) : null;
    }
    return token === undefined ? null : await this.#byToken(token);
  }

  /**
   * Those of the callers whose token still runs, whose login stands, and who still have the role they came
   * with; the very same objects, found with one query however many there are.
   */
  async stillValid(callers: Iterable<CurrentUser>): Promise<Set<CurrentUser>> {
    const running = [...callers].filter((caller) => this.isTokenGood(caller));
    if (running.length === 0) return new Set();
    const loginIds = [...new Set(running.map((caller) => caller.loginId))];
    const rows = await this.#rolesByLogins.execute({ loginIds });
    const roles = new Map(rows.map((row) => [row.loginId, row.role]));
    return new Set(running.filter((caller) => roles.get(caller.loginId) === caller.role));
  }

  /** Whether the token that a caller came with has not run out; nothing else is looked at. */
  isTokenGood({ expiresAtMs }: CurrentUser): boolean {
    return expiresAtMs > this.clock.nowMs();
  }

  async #byToken(token: string): Promise<CurrentUser | null> {
    const claims = this.accessTokens.read(token);
    const caller = claims && (await this.#load(claims));
    return caller?.userId === claims?.userId ? caller : null;
  }

  async #load(login: { loginId: string; expiresAtMs: number }): Promise<CurrentUser | null> {
    const user = await this.#byLogin.get(login.loginId);
    if (!user) return null;
    return { ...user, isAdmin: user.role === 'admin', expiresAtMs: login.expiresAtMs };
  }
}
