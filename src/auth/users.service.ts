import {
  type CreateUserRequest,
  identifier,
  type Page,
  type UpdateUserRequest,
  type User,
} from '@app/contracts';
import { Injectable } from '@nestjs/common';
import { and, asc, eq, gt, isNull, sql } from 'drizzle-orm';
import { randomUUID } from 'node:crypto';
import { Database } from '../database/database.js';
import type { Queries } from '../database/queries.js';
import { logins, users } from '../database/schema.js';
import { HttpProblem } from '../problems/http-problem.js';
import { type Actor, type AuditAction, AuditService } from './audit.service.js';
import { Clock } from '../clock/clock.js';
import { Passwords } from './passwords.js';
import { UserDeletionHooks } from './user-deletion-hooks.js';

type UserRow = typeof users.$inferSelect;
type Transaction = Queries;

/** In plain character order, the same under every locale of a database. */
const byName = sql`lower(${users.username}) collate "C"`;

/** Accounts. There is always an enabled admin: what would end that is refused with 409 `LAST_ADMIN`. */
@Injectable()
export class UsersService {
  constructor(
    private readonly database: Database,
    private readonly passwords: Passwords,
    private readonly deletionHooks: UserDeletionHooks,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /** By name. */
  async list({ limit, cursor }: { limit: number; cursor?: string | undefined }): Promise<Page<User>> {
    const after = cursor === undefined ? null : nameIn(cursor);
    const rows = await this.database.queries
      .select()
      .from(users)
      .where(after === null ? undefined : gt(byName, after))
      .orderBy(asc(byName))
      .limit(limit + 1);
    const shown = rows.slice(0, limit);
    return {
      items: shown.map(asUser),
      next_cursor: rows.length > limit ? cursorAfter(shown.at(-1)!) : null,
    };
  }

  /** @throws HttpProblem 404 */
  async get(userId: string): Promise<User> {
    const [row] = await this.database.queries
      .select()
      .from(users)
      .where(eq(users.userId, knownForm(userId)));
    if (!row) throw HttpProblem.notFound();
    return asUser(row);
  }

  /** Whatever the letters' case; null where there is none of that name. */
  async findByName(username: string): Promise<User | null> {
    const [row] = await this.database.queries
      .select()
      .from(users)
      .where(eq(sql`lower(${users.username})`, username.trim().toLowerCase()));
    return row ? asUser(row) : null;
  }

  /** @throws HttpProblem 409 `USERNAME_TAKEN`, whatever the letters' case */
  async create(request: CreateUserRequest, actor: Actor): Promise<User> {
    const passwordHash = await this.passwords.hash(request.password);
    return await this.database.queries.transaction(async (tx) => {
      const [row] = await tx
        .insert(users)
        .values({
          userId: randomUUID(),
          username: request.username,
          passwordHash,
          role: request.role,
          createdAt: this.#now(),
        })
        .onConflictDoNothing()
        .returning();
      if (!row) throw HttpProblem.conflict('USERNAME_TAKEN', `There is a user ${request.username} already.`);
      await this.audit.record(actor, 'user_created', row.username, tx);
      return asUser(row);
    });
  }

  /**
   * Changes role, disabling or password. A disable and a new password end the user's logins.
   *
   * @throws HttpProblem 404; 409 `LAST_ADMIN`
   */
  async update(userId: string, change: UpdateUserRequest, actor: Actor): Promise<User> {
    const passwordHash =
      change.password === undefined ? undefined : await this.passwords.hash(change.password);
    return await this.#keepingAnAdmin(actor, async (tx) => {
      const before = await this.#lock(tx, userId);
      if (change.role === 'user' || change.disabled === true) await refuseLastAdmin(tx, before);
      const [after] = await tx
        .update(users)
        .set({
          role: change.role ?? before.role,
          disabled: change.disabled ?? before.disabled,
          passwordHash: passwordHash ?? before.passwordHash,
        })
        .where(eq(users.userId, before.userId))
        .returning();
      if (change.disabled === true || passwordHash !== undefined) await this.#endLogins(tx, before.userId);
      for (const action of actionsOf(before, after!, passwordHash !== undefined))
        await this.audit.record(actor, action, before.username, tx);
      return asUser(after!);
    });
  }

  /**
   * Deletes a user: disabled first, so that nothing new begins; then every module's deletion hook; then the
   * account itself.
   *
   * @throws HttpProblem 404; 409 `LAST_ADMIN`
   */
  async delete(userId: string, actor: Actor): Promise<void> {
    await this.update(userId, { disabled: true }, actor);
    await this.deletionHooks.run(userId);
    await this.#keepingAnAdmin(actor, async (tx) => {
      const row = await this.#lock(tx, userId);
      await refuseLastAdmin(tx, row);
      await tx.delete(users).where(eq(users.userId, userId));
      await this.audit.record(actor, 'user_deleted', row.username, tx);
    });
  }

  /** A refusal is recorded outside the transaction that it undoes. */
  async #keepingAnAdmin<T>(actor: Actor, work: (tx: Transaction) => Promise<T>): Promise<T> {
    try {
      return await this.database.queries.transaction(work);
    } catch (error) {
      if (error instanceof LastAdmin) await this.audit.record(actor, 'last_admin_refused', error.username);
      throw error;
    }
  }

  /** Locks every enabled admin and then the user, in one order for all, so that two changes cannot each count on the other's admin. */
  async #lock(tx: Transaction, userId: string): Promise<UserRow> {
    await lockAdmins(tx);
    const [row] = await tx
      .select()
      .from(users)
      .where(eq(users.userId, knownForm(userId)))
      .for('update');
    if (!row) throw HttpProblem.notFound();
    return row;
  }

  async #endLogins(tx: Transaction, userId: string): Promise<void> {
    await tx
      .update(logins)
      .set({ revokedAt: this.#now() })
      .where(and(eq(logins.userId, userId), isNull(logins.revokedAt)));
  }

  #now(): Date {
    return new Date(this.clock.nowMs());
  }
}

class LastAdmin extends HttpProblem {
  constructor(readonly username: string) {
    super(409, 'LAST_ADMIN', `${username} is the last enabled admin; make another one first.`);
  }
}

async function lockAdmins(tx: Transaction): Promise<{ userId: string }[]> {
  return await tx
    .select({ userId: users.userId })
    .from(users)
    .where(and(eq(users.role, 'admin'), eq(users.disabled, false)))
    .orderBy(users.userId)
    .for('update');
}

async function refuseLastAdmin(tx: Transaction, user: UserRow): Promise<void> {
  const admins = await lockAdmins(tx);
  if (admins.length === 1 && admins[0]!.userId === user.userId) throw new LastAdmin(user.username);
}

function actionsOf(before: UserRow, after: UserRow, passwordReset: boolean): AuditAction[] {
  const actions: AuditAction[] = [];
  if (before.role !== after.role) actions.push(`role_set_${after.role}`);
  if (before.disabled !== after.disabled) actions.push(after.disabled ? 'user_disabled' : 'user_enabled');
  if (passwordReset) actions.push('password_reset');
  return actions;
}

/** Names are the order of the list, so the last one is where the next page begins. */
function cursorAfter(row: UserRow): string {
  return Buffer.from(row.username.toLowerCase()).toString('base64url');
}

function nameIn(cursor: string): string {
  const name = Buffer.from(cursor, 'base64url').toString('latin1');
  if (!/^[a-z0-9._@-]{1,64}$/.test(name))
    throw new HttpProblem(400, 'CURSOR_INVALID', 'cursor: not one that a previous page gave.');
  return name;
}

function knownForm(userId: string): string {
  if (!identifier.safeParse(userId).success) throw HttpProblem.notFound();
  return userId;
}

function asUser(row: UserRow): User {
  return {
    user_id: row.userId,
    username: row.username,
    role: row.role,
    is_admin: row.role === 'admin',
    created_at: row.createdAt.toISOString(),
    disabled: row.disabled,
  };
}
