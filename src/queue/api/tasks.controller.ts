import { Body, Controller, Get, Header, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import {
  taskListQuery,
  taskLogQuery,
  taskPatch,
  taskSelection,
  type BulkResult,
  type Page,
  type Task as TaskView,
  type TaskDetail,
  type TaskListQuery,
  type TaskLogQuery,
  type TaskPatch,
  type TaskSelection,
} from '@app/contracts';
import { CurrentUser } from '../../http/current-user.decorator.js';
import { Roles } from '../../auth/roles.decorator.js';
import { decodeCursor, pageOf } from '../../http/cursor.js';
import { HttpProblem } from '../../problems/http-problem.js';
import { AttemptLogs } from '../execution/attempt-logs.js';
import { TaskHistory } from '../storage/task-history.js';
import { TaskAttempts } from './task-attempts.js';
import { TaskCommands } from './task-commands.js';
import { listFilter, selectionFilter } from './task-filters.js';
import { TaskLookup } from './task-lookup.js';
import { TaskViews } from './task-views.js';

const nothingMatched: BulkResult = { matched: 0, done: 0, skipped: [] };

@Controller('tasks')
export class TasksController {
  constructor(
    private readonly commands: TaskCommands,
    private readonly lookup: TaskLookup,
    private readonly history: TaskHistory,
    private readonly views: TaskViews,
    private readonly attempts: TaskAttempts,
    private readonly logs: AttemptLogs,
  ) {}

  @Get()
  async list(
    @CurrentUser() user: CurrentUser,
    @Query({ schema: taskListQuery }) query: TaskListQuery,
  ): Promise<Page<TaskView>> {
    const { limit, cursor } = query;
    const tasks = await this.history.page(listFilter(user, query), decodeCursor(cursor), limit + 1);
    return pageOf(
      tasks,
      limit,
      (task) => task.row.sequence,
      (task) => this.views.of(user, task),
    );
  }

  @Post('cancel')
  @HttpCode(202)
  async cancelMany(
    @CurrentUser() user: CurrentUser,
    @Body({ schema: taskSelection }) selection: TaskSelection,
  ): Promise<BulkResult> {
    const filter = selectionFilter(user, selection, ['queued', 'running']);
    return filter === null ? nothingMatched : this.commands.cancelMany(user, filter);
  }

  @Post('retry')
  @HttpCode(202)
  async retryMany(
    @CurrentUser() user: CurrentUser,
    @Body({ schema: taskSelection }) selection: TaskSelection,
  ): Promise<BulkResult> {
    const filter = selectionFilter(user, selection, ['failed', 'cancelled']);
    return filter === null ? nothingMatched : this.commands.retryMany(user, filter);
  }

  @Get(':task_id')
  async get(@CurrentUser() user: CurrentUser, @Param('task_id') taskId: string): Promise<TaskDetail> {
    const task = await this.lookup.find(user, taskId);
    return { ...this.views.of(user, task), attempts: await this.attempts.of(user, task) };
  }

  /** What the processes of an attempt printed; nothing is an empty text. */
  @Get(':task_id/log')
  @Header('Content-Type', 'text/plain; charset=utf-8')
  @Header('X-Content-Type-Options', 'nosniff')
  async log(
    @CurrentUser() user: CurrentUser,
    @Param('task_id') taskId: string,
    @Query({ schema: taskLogQuery }) { attempt }: TaskLogQuery,
  ): Promise<string> {
    const { row } = await this.lookup.find(user, taskId);
    if (attempt !== undefined && attempt > row.attempt) throw HttpProblem.notFound();
    return this.logs.read(taskId, attempt ?? row.attempt);
  }

  @Post(':task_id/cancel')
  @HttpCode(202)
  async cancel(@CurrentUser() user: CurrentUser, @Param('task_id') taskId: string): Promise<TaskView> {
    return this.views.of(user, await this.commands.cancel(user, taskId));
  }

  @Post(':task_id/retry')
  @HttpCode(202)
  async retry(@CurrentUser() user: CurrentUser, @Param('task_id') taskId: string): Promise<TaskView> {
    return this.views.of(user, await this.commands.retry(user, taskId));
  }

  /** Ends a running task whose process cannot be reached, as failed. */
  @Post(':task_id/end')
  @Roles('admin')
  @HttpCode(202)
  async end(@CurrentUser() admin: CurrentUser, @Param('task_id') taskId: string): Promise<TaskView> {
    return this.views.of(admin, await this.commands.end(admin, taskId));
  }

  @Patch(':task_id')
  async setPriority(
    @CurrentUser() user: CurrentUser,
    @Param('task_id') taskId: string,
    @Body({ schema: taskPatch }) body: TaskPatch,
  ): Promise<TaskView> {
    return this.views.of(user, await this.commands.setPriority(user, taskId, body.priority));
  }
}
