import { Injectable, type OnModuleInit } from '@nestjs/common';
import { eq } from 'drizzle-orm';
import { UserDeletionHooks } from '../../auth/user-deletion-hooks.js';
import { removeResults } from '../storage/result-files.js';
import { Config } from '../../config/config.js';
import { Database } from '../../database/database.js';
import { tasks } from '../../database/schema.js';
import { TaskCommands } from './task-commands.js';

/** A deleted user's tasks are cancelled and their files go; what they were stays in the history that admins see. */
@Injectable()
export class UserDeletionHandler implements OnModuleInit {
  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly deletionHooks: UserDeletionHooks,
    private readonly commands: TaskCommands,
  ) {}

  onModuleInit(): void {
    this.deletionHooks.onDeletion(async (userId) => {
      await this.commands.cancelAllOf(userId);
      const rows = await this.database.queries
        .select({ taskId: tasks.taskId })
        .from(tasks)
        .where(eq(tasks.userId, userId));
      await removeResults(this.config.dataDir, new Set(rows.map(({ taskId }) => taskId)));
    });
  }
}
