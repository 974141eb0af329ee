import type { AuditEntry, Page } from '@app/contracts';
import { Injectable } from '@nestjs/common';
import { desc, lt } from 'drizzle-orm';
import { Database } from '../database/database.js';
import type { Queries } from '../database/queries.js';
import { auditLog } from '../database/schema.js';
import { decodeCursor, pageOf } from '../http/cursor.js';

export type AuditAction =
  | 'login'
  | 'login_failed'
  | 'logout'
  | 'refresh_token_reused'
  | 'password_changed'
  | 'password_change_failed'
  | 'password_reset'
  | 'user_created'
  | 'user_disabled'
  | 'user_enabled'
  | 'user_deleted'
  | 'role_set_admin'
  | 'role_set_user'
  | 'last_admin_refused';

/** Who acts and from where; a person's null parts are those that nobody knows. */
export interface Actor {
  readonly userId: string | null;
  readonly username: string | null;
  readonly address: string | null;
}

/** The audit log: rows are added and read, never changed. It holds names and addresses, never a secret. */
@Injectable()
export class AuditService {
  constructor(private readonly database: Database) {}

  /** @param target the username that the action is done to */
  async record(
    actor: Actor,
    action: AuditAction,
    target: string | null = null,
    queries: Pick<Queries, 'insert'> = this.database.queries,
  ): Promise<void> {
    await queries
      .insert(auditLog)
      .values({ actorId: actor.userId, actor: actor.username, address: actor.address, action, target });
  }

  /** Newest first. */
  async list({ limit, cursor }: { limit: number; cursor?: string | undefined }): Promise<Page<AuditEntry>> {
    const before = decodeCursor(cursor);
    const rows = await this.database.queries
      .select()
      .from(auditLog)
      .where(before === null ? undefined : lt(auditLog.id, before))
      .orderBy(desc(auditLog.id))
      .limit(limit + 1);
    return pageOf(
      rows,
      limit,
      ({ id }) => id,
      ({ actorId, at, ...row }) => ({ ...row, at: at.toISOString(), actor_id: actorId }),
    );
  }
}
