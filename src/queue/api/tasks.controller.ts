import { Body, Controller, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import {
  taskListQuery,
  taskPatch,
  type Page,
  type Task as TaskView,
  type TaskListQuery,
  type TaskPatch,
} from '@app/contracts';
import { CurrentUser } from '../../auth/current-user.decorator.js';
import { decodeCursor, pageOf } from '../../http/cursor.js';
import { TaskQueue } from './task-queue.js';
import { TaskStore } from '../storage/task-store.js';

@Controller('tasks')
export class TasksController {
  constructor(
    private readonly queue: TaskQueue,
    private readonly store: TaskStore,
  ) {}

  @Get()
  async list(
    @CurrentUser() user: CurrentUser,
    @Query({ schema: taskListQuery }) query: TaskListQuery,
  ): Promise<Page<TaskView>> {
    const { limit, status, task_type } = query;
    const userId = user.isAdmin ? (query.user_id ?? null) : user.userId;
    const filter = { status, task_type, userId, below: decodeCursor(query.cursor) };
    const tasks = await this.store.history(filter, limit + 1);
    return pageOf(
      tasks,
      limit,
      (task) => task.row.sequence,
      (task) => this.queue.viewOf(task),
    );
  }

  @Get(':task_id')
  async get(@CurrentUser() user: CurrentUser, @Param('task_id') taskId: string): Promise<TaskView> {
    return this.queue.viewOf(await this.queue.find(user, taskId));
  }

  @Post(':task_id/cancel')
  @HttpCode(202)
  async cancel(@CurrentUser() user: CurrentUser, @Param('task_id') taskId: string): Promise<TaskView> {
    return this.queue.viewOf(await this.queue.cancel(user, taskId));
  }

  @Post(':task_id/retry')
  @HttpCode(202)
  async retry(@CurrentUser() user: CurrentUser, @Param('task_id') taskId: string): Promise<TaskView> {
    return this.queue.viewOf(await this.queue.retry(user, taskId));
  }

  @Patch(':task_id')
  async setPriority(
    @CurrentUser() user: CurrentUser,
    @Param('task_id') taskId: string,
    @Body({ schema: taskPatch }) body: TaskPatch,
  ): Promise<TaskView> {
    return this.queue.viewOf(await this.queue.setPriority(user, taskId, body.priority));
  }
}
