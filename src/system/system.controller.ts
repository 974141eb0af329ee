import { Controller, Get, Headers, HttpCode, Post, Query, Res, Sse } from '@nestjs/common';
import {
  queueQuery,
  streamQuery,
  type QueueQuery,
  type QueueStatus,
  type StreamQuery,
  type SystemResources,
  type SystemSummary,
} from '@app/contracts';
import type { Response } from 'express';
import type { Observable } from 'rxjs';
import { CurrentUser } from '../http/current-user.decorator.js';
import { Roles } from '../auth/roles.decorator.js';
import { AcceptsStreamCredentials } from '../auth/stream-credentials.decorator.js';
import { QueueStatusReader } from '../queue/api/queue-status.js';
import { SchedulingLoop } from '../queue/scheduling/scheduling-loop.js';
import { ResourceMonitor } from '../resources/resource-monitor.js';
import { EventStreams } from './event-streams.js';

@Controller('system')
export class SystemController {
  constructor(
    private readonly queue: QueueStatusReader,
    private readonly loop: SchedulingLoop,
    private readonly monitor: ResourceMonitor,
    private readonly streams: EventStreams,
  ) {}

  @Get('resources')
  async resources(
    @CurrentUser() user: CurrentUser,
    @Query({ schema: queueQuery }) query: QueueQuery,
  ): Promise<SystemResources> {
    const queue = await this.queue.page(user, query);
    return { ...(user.isAdmin && { resources: this.monitor.resources() }), queue, is_admin: user.isAdmin };
  }

  @Get('queue')
  getQueue(
    @CurrentUser() user: CurrentUser,
    @Query({ schema: queueQuery }) query: QueueQuery,
  ): Promise<QueueStatus> {
    return this.queue.page(user, query);
  }

  @Get('summary')
  summary(@CurrentUser() user: CurrentUser): Promise<SystemSummary> {
    return this.queue.summary(user);
  }

  @Sse('task-events')
  @AcceptsStreamCredentials()
  taskEvents(
    @CurrentUser() user: CurrentUser,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Query({ schema: streamQuery }) query: StreamQuery,
    @Res() response: Response,
  ): Observable<never> {
    return this.streams.open(user, lastEventId ?? query.last_event_id, response);
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
