import { randomUUID } from 'node:crypto';
import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import type { ListQuery, Page, ScheduleInfo, ScheduleRequest } from '@app/contracts';
import { and, asc, eq, lte, or, sql } from 'drizzle-orm';
import type { CurrentUser } from '../../http/current-user.decorator.js';
import { UserDeletionHooks } from '../../auth/user-deletion-hooks.js';
import { Database } from '../../database/database.js';
import { marketDataSchedules as schedules } from '../../database/schema.js';
import { pageByKey } from '../../http/cursor.js';
import { HttpProblem } from '../../problems/http-problem.js';
import { TaskQueue } from '../../queue/api/task-queue.js';
import { asTrace } from '../../telemetry/trace-context.js';
import { importTaskType, ImportsService, requireAdmin } from '../import/imports.service.js';

type Viewer = Pick<CurrentUser, 'userId' | 'isAdmin'>;
type ScheduleRow = typeof schedules.$inferSelect;

/** One number for this purpose among the database's advisory locks. */
const schedulesLock = 0x68726d64;
const mostSchedulesPerUser = 50;
const dueAtATime = 20;

/** Keeps chosen series fresh: a download task for each, every so many minutes. */
@Injectable()
export class SchedulesService implements OnModuleInit {
  readonly #logger = new Logger(SchedulesService.name);

  constructor(
    private readonly database: Database,
    private readonly imports: ImportsService,
    private readonly queue: TaskQueue,
    private readonly deletionHooks: UserDeletionHooks,
  ) {}

  onModuleInit(): void {
    this.deletionHooks.onDeletion(async (userId) => {
      await this.database.queries.delete(schedules).where(eq(schedules.userId, userId));
    });
  }

  /** A user's own and the shared ones, by symbol. */
  async list(viewer: Viewer, query: ListQuery): Promise<Page<ScheduleInfo>> {
    const rows = await this.database.queries
      .select()
      .from(schedules)
      .where(or(eq(schedules.userId, viewer.userId), schedules.shared));
    return pageByKey(
      rows.map(infoOf),
      query,
      ({ symbol, created_at, schedule_id }) => `${symbol} ${created_at} ${schedule_id}`,
    );
  }

  /**
   * The first run is due at once.
   *
   * @throws HttpProblem 409 `SCHEDULE_EXISTS` for a series that is kept fresh already, 409 `TOO_MANY_SCHEDULES`
   */
  async add(viewer: Viewer, request: ScheduleRequest): Promise<ScheduleInfo> {
    if (request.shared) requireAdmin(viewer);
    const { queries } = this.database;
    const count = await queries.$count(schedules, eq(schedules.userId, viewer.userId));
    if (count >= mostSchedulesPerUser) {
      throw HttpProblem.conflict('TOO_MANY_SCHEDULES', `You have ${count} schedules; remove one first.`);
    }
    const { exchange, symbol, timeframe, shared, start } = request;
    const [row] = await queries
      .insert(schedules)
      .values({
        scheduleId: randomUUID(),
        userId: viewer.userId,
        shared,
        exchange,
        symbol,
        timeframe,
        startMs: start === undefined ? null : Date.parse(start),
        everyMinutes: request.every_minutes,
        nextRunAt: new Date(),
      })
      .onConflictDoNothing()
      .returning();
    if (row === undefined) {
      throw HttpProblem.conflict(
        'SCHEDULE_EXISTS',
        `${symbol} ${timeframe} of ${exchange} is kept fresh already.`,
      );
    }
    // It is due: why wait for the next look.
    void this.tick();
    return infoOf(row);
  }

  /** @throws HttpProblem 404, 403 for a shared one that is not the admin's to keep */
  async remove(viewer: Viewer, scheduleId: string): Promise<void> {
    const [row] = await this.database.queries
      .select()
      .from(schedules)
      .where(eq(schedules.scheduleId, scheduleId));
    if (row === undefined || (!row.shared && row.userId !== viewer.userId)) throw HttpProblem.notFound();
    if (row.shared) requireAdmin(viewer);
    await this.database.queries.delete(schedules).where(eq(schedules.scheduleId, scheduleId));
  }

  @Interval(30_000)
  async tick(): Promise<void> {
    try {
      for (const row of await this.#claimDue()) await asTrace('schedule', () => this.#run(row));
    } catch (error) {
      this.#logger.error(`Schedules could not be looked through: ${String(error)}`);
    }
  }

  /** Takes what is due, on one node at a time; each is due again one interval from now. */
  async #claimDue(): Promise<ScheduleRow[]> {
    return this.database.queries.transaction(async (queries) => {
      const { rows } = await queries.execute<{ mine: boolean }>(
        sql`select pg_try_advisory_xact_lock(${schedulesLock}) as mine`,
      );
      if (rows[0]?.mine !== true) return [];
      const due = queries
        .select({ id: schedules.scheduleId })
        .from(schedules)
        .where(lte(schedules.nextRunAt, sql`now()`))
        .orderBy(asc(schedules.nextRunAt))
        .limit(dueAtATime);
      return queries
        .update(schedules)
        .set({ nextRunAt: sql`now() + make_interval(mins => ${schedules.everyMinutes})` })
        .where(sql`${schedules.scheduleId} in ${due}`)
        .returning();
    });
  }

  /** Queues a download, unless the one before it goes on; it continues where the stored series ends. */
  async #run(row: ScheduleRow): Promise<void> {
    const last = row.lastImportId === null ? [] : [row.lastImportId];
    if ((await this.queue.unfinishedAmong(last)).length > 0) return;
    const { exchange, symbol, timeframe, shared, userId, startMs } = row;
    const payload = this.imports.downloadPayload({ exchange, symbol, timeframe, shared });
    try {
      const task = await this.queue.enqueue(
        importTaskType,
        { ...payload, fallbackStartMs: startMs },
        { userId, priority: -10 },
      );
      await this.database.queries
        .update(schedules)
        .set({ lastImportId: task.task_id })
        .where(and(eq(schedules.scheduleId, row.scheduleId)));
    } catch (error) {
      // A full queue, for instance: the next interval tries again.
      this.#logger.warn(`${symbol} ${timeframe} from ${exchange} was not queued: ${String(error)}`);
    }
  }
}

function infoOf(row: ScheduleRow): ScheduleInfo {
  return {
    schedule_id: row.scheduleId,
    exchange: row.exchange,
    symbol: row.symbol,
    timeframe: row.timeframe,
    start: row.startMs === null ? null : new Date(row.startMs).toISOString(),
    every_minutes: row.everyMinutes,
    shared: row.shared,
    created_at: row.createdAt.toISOString(),
    next_run_at: row.nextRunAt.toISOString(),
    last_import_id: row.lastImportId,
  };
}
