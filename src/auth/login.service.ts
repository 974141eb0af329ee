import {
  type LoginRequest,
  type PasswordChange,
  type TokenPair,
  username as validName,
} from '@app/contracts';
import { Injectable } from '@nestjs/common';
import { and, desc, eq, gt, inArray, isNotNull, isNull, lte, ne, or, sql } from 'drizzle-orm';
import { randomUUID } from 'node:crypto';
import { Database } from '../database/database.js';
import { logins, users } from '../database/schema.js';
import { HttpProblem } from '../problems/http-problem.js';
import { AccessTokens } from './access-tokens.js';
import { type Actor, AuditService } from './audit.service.js';
import { Clock } from '../clock/clock.js';
import type { CurrentUser } from '../http/current-user.decorator.js';
import { LoginThrottle } from './login-throttle.js';
import { Passwords } from './passwords.js';
import { hashOf, RefreshTokens } from './refresh-tokens.js';

const loginLifetimeMs = 30 * 24 * 3600_000;
/** How long after its use a refresh token still answers: a lost answer may be asked for again. */
const refreshGraceMs = 10_000;
const mostLoginsPerUser = 200;

type Login = Pick<typeof logins.$inferSelect, 'loginId' | 'userId' | 'expiresAt'>;
type Account = Pick<typeof users.$inferSelect, 'userId' | 'username' | 'passwordHash'>;

/**
 * Logins, each from its password to its end. A login lasts 30 days at most and has one current refresh
 * token; refreshing spends it for its successor. A token spent within the last 10 s gets that same
 * successor again; one spent earlier has been copied, and ends the login.
 */
@Injectable()
export class LoginService {
  constructor(
    private readonly database: Database,
    private readonly passwords: Passwords,
    private readonly throttle: LoginThrottle,
    private readonly accessTokens: AccessTokens,
    private readonly refreshTokens: RefreshTokens,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /** @throws HttpProblem 401 alike for an unknown user, a wrong password and a disabled account; 429 */
  async login(request: LoginRequest, address: string | null): Promise<TokenPair> {
    const account = await this.#findAccount(request.username);
    const isRight = await this.passwords.verify(account?.passwordHash ?? null, request.password, () => {
      this.throttle.admit(request.username, address);
    });
    const actor = { userId: account?.userId ?? null, username: account?.username ?? null, address };
    const opened = account && isRight ? await this.#open(account, actor) : null;
    if (!opened) {
      // The name that was typed is not kept: people type passwords into that field.
      await this.audit.record(actor, 'login_failed');
      throw invalidCredentials();
    }
    this.throttle.succeeded(request.username, address);
    return this.#pair(opened.login, opened.refreshToken);
  }

  /** @throws HttpProblem 401 where the token is not the current one of a live login */
  async refresh(token: string, address: string | null): Promise<TokenPair> {
    const loginId = this.refreshTokens.loginIdOf(token);
    if (loginId === null) throw invalidRefreshToken();
    const successor = this.refreshTokens.successor(token);
    const now = new Date(this.clock.nowMs());
    const [rotated] = await this.database.queries
      .update(logins)
      .set({ tokenHash: hashOf(successor), previousTokenHash: hashOf(token), rotatedAt: now })
      .where(and(isLive(loginId, now), eq(logins.tokenHash, hashOf(token))))
      .returning();
    const login = rotated ?? (await this.#justSpent(loginId, token, now, address));
    if (!login) throw invalidRefreshToken();
    return this.#pair(login, successor);
  }

  async logout(user: CurrentUser, address: string | null): Promise<void> {
    await this.database.queries.transaction(async (tx) => {
      await tx.update(logins).set({ revokedAt: this.#now() }).where(eq(logins.loginId, user.loginId));
      await this.audit.record({ ...user, address }, 'logout', null, tx);
    });
  }

  /** Ends every other login of the user. @throws HttpProblem 401 on a wrong current password; 429 */
  async changePassword(user: CurrentUser, change: PasswordChange, address: string | null): Promise<void> {
    const actor = { ...user, address };
    const account = await this.#findAccount(user.username);
    const isRight = await this.passwords.verify(
      account?.passwordHash ?? null,
      change.current_password,
      () => {
        this.throttle.admit(user.username, address);
      },
    );
    if (!account || !isRight) {
      await this.audit.record(actor, 'password_change_failed');
      throw invalidCredentials();
    }
    this.throttle.succeeded(user.username, address);
    const passwordHash = await this.passwords.hash(change.new_password);
    await this.database.queries.transaction(async (tx) => {
      const changed = await tx
        .update(users)
        .set({ passwordHash })
        .where(and(eq(users.userId, user.userId), eq(users.passwordHash, account.passwordHash)))
        .returning({ userId: users.userId });
      if (changed.length === 0) throw invalidCredentials();
      await tx
        .update(logins)
        .set({ revokedAt: this.#now() })
        .where(
          and(eq(logins.userId, user.userId), ne(logins.loginId, user.loginId), isNull(logins.revokedAt)),
        );
      await this.audit.record(actor, 'password_changed', null, tx);
    });
  }

  async #findAccount(name: string): Promise<Account | null> {
    const valid = validName.safeParse(name);
    if (!valid.success) return null;
    const [account] = await this.database.queries
      .select({ userId: users.userId, username: users.username, passwordHash: users.passwordHash })
      .from(users)
      .where(eq(sql`lower(${users.username})`, valid.data.toLowerCase()));
    return account ?? null;
  }

  /**
   * Opens a login if the account is still what the password was checked against: the row is locked against
   * a password change, a disable or a delete, each of which ends the logins that it finds.
   */
  async #open(account: Account, actor: Actor): Promise<{ login: Login; refreshToken: string } | null> {
    const now = this.#now();
    const login: Login = {
      loginId: randomUUID(),
      userId: account.userId,
      expiresAt: new Date(now.getTime() + loginLifetimeMs),
    };
    const refreshToken = this.refreshTokens.first(login.loginId);
    return await this.database.queries.transaction(async (tx) => {
      const [standing] = await tx
        .select({ userId: users.userId })
        .from(users)
        .where(
          and(
            eq(users.userId, account.userId),
            eq(users.passwordHash, account.passwordHash),
            eq(users.disabled, false),
          ),
        )
        .for('share');
      if (!standing) return null;
      const own = eq(logins.userId, account.userId);
      const surplus = tx
        .select({ loginId: logins.loginId })
        .from(logins)
        .where(own)
        .orderBy(desc(logins.createdAt))
        .offset(mostLoginsPerUser - 1);
      const isOver = or(
        isNotNull(logins.revokedAt),
        lte(logins.expiresAt, now),
        inArray(logins.loginId, surplus),
      );
      await tx.delete(logins).where(and(own, isOver));
      await tx
        .insert(logins)
        .values({ ...login, tokenHash: hashOf(refreshToken), createdAt: now, rotatedAt: now });
      await this.audit.record(actor, 'login', null, tx);
      return { login, refreshToken };
    });
  }

  /** The login whose current token this one was until a moment ago; an older one ends its login. */
  async #justSpent(loginId: string, token: string, now: Date, address: string | null): Promise<Login | null> {
    const [login] = await this.database.queries
      .select({
        loginId: logins.loginId,
        userId: logins.userId,
        expiresAt: logins.expiresAt,
        previousTokenHash: logins.previousTokenHash,
        rotatedAt: logins.rotatedAt,
        username: users.username,
      })
      .from(logins)
      .innerJoin(users, eq(users.userId, logins.userId))
      .where(isLive(loginId, now));
    if (!login) return null;
    // An older ancestor may itself be within its grace while the last rotation is: refused, but no theft.
    const inGrace = now.getTime() - login.rotatedAt.getTime() <= refreshGraceMs;
    if (inGrace) return login.previousTokenHash === hashOf(token) ? login : null;
    await this.database.queries.transaction(async (tx) => {
      await tx.update(logins).set({ revokedAt: now }).where(eq(logins.loginId, loginId));
      await this.audit.record({ ...login, address }, 'refresh_token_reused', null, tx);
    });
    return null;
  }

  #pair(login: Login, refreshToken: string): TokenPair {
    const { token, expiresInS } = this.accessTokens.issue(login);
    return { access_token: token, refresh_token: refreshToken, token_type: 'Bearer', expires_in: expiresInS };
  }

  #now(): Date {
    return new Date(this.clock.nowMs());
  }
}

function isLive(loginId: string, now: Date) {
  return and(eq(logins.loginId, loginId), isNull(logins.revokedAt), gt(logins.expiresAt, now));
}

function invalidCredentials(): HttpProblem {
  return new HttpProblem(401, 'INVALID_CREDENTIALS', 'The username or the password is wrong.', {
    headers: { 'WWW-Authenticate': 'Bearer' },
  });
}

function invalidRefreshToken(): HttpProblem {
  return new HttpProblem(401, 'INVALID_REFRESH_TOKEN', 'The refresh token is unknown, spent or expired.', {
    headers: { 'WWW-Authenticate': 'Bearer' },
  });
}
