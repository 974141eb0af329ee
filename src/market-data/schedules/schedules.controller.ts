import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import {
  listQuery,
  scheduleRequest,
  type ListQuery,
  type Page,
  type ScheduleInfo,
  type ScheduleRequest,
} from '@app/contracts';
import { CurrentUser } from '../../http/current-user.decorator.js';
import { SchedulesService } from './schedules.service.js';

@Controller('market-data/schedules')
export class SchedulesController {
  constructor(private readonly schedules: SchedulesService) {}

  @Get()
  list(
    @CurrentUser() user: CurrentUser,
    @Query({ schema: listQuery }) query: ListQuery,
  ): Promise<Page<ScheduleInfo>> {
    return this.schedules.list(user, query);
  }

  @Post()
  add(
    @CurrentUser() user: CurrentUser,
    @Body({ schema: scheduleRequest }) request: ScheduleRequest,
  ): Promise<ScheduleInfo> {
    return this.schedules.add(user, request);
  }

  @Delete(':schedule_id')
  @HttpCode(204)
  remove(@CurrentUser() user: CurrentUser, @Param('schedule_id') scheduleId: string): Promise<void> {
    return this.schedules.remove(user, scheduleId);
  }
}
