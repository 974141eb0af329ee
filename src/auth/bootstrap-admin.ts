import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import { randomBytes, randomUUID } from 'node:crypto';
import { Config } from '../config/config.js';
import { Database } from '../database/database.js';
import type { Queries } from '../database/queries.js';
import { users } from '../database/schema.js';
import { AuditService } from './audit.service.js';
import { Passwords } from './passwords.js';

/** Injection token of what prints a line on the console, past the logger and its files. */
export const CONSOLE_LINE = Symbol('CONSOLE_LINE');
export type ConsoleLine = (line: string) => void;

/** One number for this purpose among the database's advisory locks. */
const bootstrapLock = 4_849_001;

/** Makes the first admin of an empty database; of several nodes that start together, one does. */
@Injectable()
export class BootstrapAdmin implements OnApplicationBootstrap {
  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly passwords: Passwords,
    private readonly audit: AuditService,
    @Inject(CONSOLE_LINE) private readonly print: ConsoleLine,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (await hasUsers(this.database.queries)) return;
    const { adminUsername: username, adminPassword } = this.config.auth;
    const password = adminPassword ?? randomBytes(15).toString('base64url');
    const passwordHash = await this.passwords.hash(password);
    const isFirst = await this.database.queries.transaction(async (tx) => {
      await tx.execute(sql`select pg_advisory_xact_lock(${bootstrapLock})`);
      if (await hasUsers(tx)) return false;
      await tx.insert(users).values({ userId: randomUUID(), username, passwordHash, role: 'admin' });
      await this.audit.record({ userId: null, username: null, address: null }, 'user_created', username, tx);
      return true;
    });
    if (isFirst && adminPassword === null)
      this.print(
        `First admin: ${username} / ${password}  (shown once, change it at POST /api/auth/password)`,
      );
  }
}

async function hasUsers(queries: Pick<Queries, 'select'>): Promise<boolean> {
  const found = await queries.select({ userId: users.userId }).from(users).limit(1);
  return found.length > 0;
}
