import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import { UserDeletionHooks } from '../../auth/user-deletion-hooks.js';
import { Config } from '../../config/config.js';
import { Database } from '../../database/database.js';
import { settings, tasks } from '../../database/schema.js';
import { TaskEvents } from '../domain/task-events.js';
import { logsFolder, removeResults } from '../storage/result-files.js';
import { removeTaskFiles } from '../storage/task-files.js';
import { TaskReads } from '../storage/task-reads.js';
import { TaskCommands } from './task-commands.js';

/** The setting that lists the tasks of deleted users that had not ended: a JSON array of ids. */
const endingKey = 'ending_tasks_of_deleted_users';
const endingTasks = z.array(z.string());
const intervalMs = 60_000;

/**
 * A deleted user's tasks are cancelled and their files are removed; their rows stay in the history that admins see.
 *
 * The processes of a task that has not ended may still write, so its files are removed again at its end. Which tasks
 * these are is stored, so a server that dies before their end leaves no files either.
 */
@Injectable()
export class UserDeletionHandler implements OnModuleInit, OnApplicationBootstrap {
  readonly #logger = new Logger('UserDeletionHandler');
  /** The tasks of deleted users that had not ended when this node last looked. */
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
        void this.#removeOfEnded([event.data.task_id]);
      }
    });
    this.deletionHooks.onDeletion(async (userId) => {
      // Before they are cancelled, so that no end is missed.
      const ending = (await this.#tasksOf(userId)).filter(({ completedAt }) => completedAt === null);
      await this.#remember(ending.map(({ taskId }) => taskId));
      await this.commands.cancelAllOf(userId);
      const rows = await this.#tasksOf(userId);
      await this.#removeFiles(rows.map(({ taskId }) => taskId));
    });
  }

  onApplicationBootstrap(): Promise<void> {
    return this.sweep();
  }

  /** Looks after the tasks of deleted users whose end this node has not seen. */
  @Interval(intervalMs)
  async sweep(): Promise<void> {
    try {
      const [row] = await this.database.queries.select().from(settings).where(eq(settings.key, endingKey));
      const taskIds = endingTasks.parse(row?.value ?? []);
      if (taskIds.length === 0) return;
      const found = await new TaskReads(this.database.queries).findMany(taskIds);
      for (const taskId of taskIds) this.#ending.add(taskId);
      const ended = taskIds.filter((taskId) => found.get(taskId)?.isSettled ?? true);
      for (const taskId of ended) this.#ending.delete(taskId);
      await this.#removeOfEnded(ended);
    } catch (error) {
      this.#logger.error(`Files of deleted users could not be looked for: ${String(error)}`);
    }
  }

  #tasksOf(userId: string): Promise<{ taskId: string; completedAt: Date | null }[]> {
    return this.database.queries
      .select({ taskId: tasks.taskId, completedAt: tasks.completedAt })
      .from(tasks)
      .where(eq(tasks.userId, userId));
  }

  async #remember(taskIds: readonly string[]): Promise<void> {
    if (taskIds.length === 0) return;
    for (const taskId of taskIds) this.#ending.add(taskId);
    await this.database.queries
      .insert(settings)
      .values({ key: endingKey, value: taskIds })
      .onConflictDoUpdate({ target: settings.key, set: { value: sql`${settings.value} || excluded.value` } });
  }

  async #removeOfEnded(taskIds: readonly string[]): Promise<void> {
    if (taskIds.length === 0) return;
    try {
      await this.#removeFiles(taskIds);
      await this.database.queries
        .update(settings)
        .set({ value: sql`${settings.value} - ${sql.param(taskIds)}::text[]` })
        .where(eq(settings.key, endingKey));
    } catch (error) {
      this.#logger.error(`Files of deleted users could not be removed: ${String(error)}`);
    }
  }

  async #removeFiles(taskIds: readonly string[]): Promise<void> {
    const keys = new Set(taskIds);
    await removeResults(this.config.dataDir, keys);
    await removeTaskFiles(logsFolder(this.config.dataDir), keys);
  }
}
