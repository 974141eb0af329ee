import { Controller, Get, Headers, HttpCode, Post, Res, Sse } from '@nestjs/common';
import type { QueueStatus, SystemResources } from '@app/contracts';
import type { Response } from 'express';
import type { Observable } from 'rxjs';
import { CurrentUser } from '../auth/current-user.decorator.js';
import { Roles } from '../auth/roles.decorator.js';
import { AcceptsStreamCredentials } from '../auth/stream-credentials.decorator.js';
import { TaskQueue } from '../queue/api/task-queue.js';
import { SchedulingLoop } from '../queue/scheduling/scheduling-loop.js';
import { ResourceMonitor } from '../resources/resource-monitor.js';
import { TaskStreams } from './task-streams.js';

@Controller('system')
export class SystemController {
  constructor(
    private readonly queue: TaskQueue,
    private readonly loop: SchedulingLoop,
    private readonly monitor: ResourceMonitor,
    private readonly streams: TaskStreams,
  ) {}

  @Get('resources')
  async resources(@CurrentUser() user: CurrentUser): Promise<SystemResources> {
    const queue = await this.getQueue(user);
    return { ...(user.isAdmin && { resources: this.monitor.resources() }), queue, is_admin: user.isAdmin };
  }

  @Get('queue')
  getQueue(@CurrentUser() user: CurrentUser): Promise<QueueStatus> {
    return this.queue.getQueueStatus(user.isAdmin ? null : user.userId);
  }

  @Sse('task-events')
  @AcceptsStreamCredentials()
  taskEvents(
    @CurrentUser() user: CurrentUser,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Res() response: Response,
  ): Observable<never> {
    return this.streams.open(user, lastEventId, response);
  }

  @Post('queue/pause')
  @Roles('admin')
  @HttpCode(200)
  async pause(): Promise<{ paused: boolean }> {
    await this.loop.setPaused(true);
    return { paused: true };
  }

  @Post('queue/resume')
  @Roles('admin')
  @HttpCode(200)
  async resume(): Promise<{ paused: boolean }> {
    await this.loop.setPaused(false);
    return { paused: false };
  }
}
