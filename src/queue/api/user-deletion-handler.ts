import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { eq } from 'drizzle-orm';
import { UserDeletionHooks } from '../../auth/user-deletion-hooks.js';
import { TaskEvents } from '../domain/task-events.js';
import { logsFolder, removeResults } from '../storage/result-files.js';
import { removeTaskFiles } from '../storage/task-files.js';
import { Config } from '../../config/config.js';
import { Database } from '../../database/database.js';
import { tasks } from '../../database/schema.js';
import { TaskCommands } from './task-commands.js';

/** A deleted user's tasks are cancelled and their files go; what they were stays in the history that admins see. */
@Injectable()
export class UserDeletionHandler implements OnModuleInit {
  readonly #logger = new Logger('UserDeletionHandler');
  /** Tasks of deleted users that have not ended: their processes may still write. */
  readonly #ending = new Set<string>();

  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly deletionHooks: UserDeletionHooks,
    private readonly commands: TaskCommands,
    private readonly events: TaskEvents,
  ) {}

  onModuleInit(): void {
    this.events.all$.subscribe((event) => {
      if (event.type === 'task_completed' && this.#ending.delete(event.data.task_id)) {
        void this.#removeOfEnded(event.data.task_id);
      }
    });
    this.deletionHooks.onDeletion(async (userId) => {
      // Before they are cancelled, so that no end is missed.
      for (const { taskId, completedAt } of await this.#tasksOf(userId)) {
        if (completedAt === null) this.#ending.add(taskId);
      }
      await this.commands.cancelAllOf(userId);
      const rows = await this.#tasksOf(userId);
      await this.#removeFiles(rows.map(({ taskId }) => taskId));
    });
  }

  #tasksOf(userId: string): Promise<{ taskId: string; completedAt: Date | null }[]> {
    return this.database.queries
      .select({ taskId: tasks.taskId, completedAt: tasks.completedAt })
      .from(tasks)
      .where(eq(tasks.userId, userId));
  }

  async #removeFiles(taskIds: readonly string[]): Promise<void> {
    const keys = new Set(taskIds);
    await removeResults(this.config.dataDir, keys);
    await removeTaskFiles(logsFolder(this.config.dataDir), keys);
  }

  async #removeOfEnded(taskId: string): Promise<void> {
    try {
      await this.#removeFiles([taskId]);
    } catch (error) {
      this.#logger.error(`Files of task ${taskId} of a deleted user could not be removed: ${String(error)}`);
    }
  }
}
