import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  Patch,
  Post,
  Query,
  Res,
  UseInterceptors,
} from '@nestjs/common';
import {
  backtestListQuery,
  backtestOptimizeRequest,
  backtestPatch,
  backtestRunRequest,
  compareQuery,
  type BacktestListQuery,
  type BacktestOptimizeRequest,
  type BacktestPatch,
  type BacktestRunRequest,
  type BacktestSummary,
  type CompareQuery,
  type Page,
  type StrategyInfo,
} from '@app/contracts';
import type { Response } from 'express';
import { CurrentUser } from '../http/current-user.decorator.js';
import { AcceptedInterceptor } from '../queue/api/accepted.interceptor.js';
import type { Accepted } from '../queue/api/answer.js';
import { Idempotency, type IdempotentRequest } from '../queue/api/idempotency.js';
import { BacktestsService } from './backtests.service.js';
import { RunsService } from './runs.service.js';

@Controller('backtests')
export class BacktestsController {
  constructor(
    private readonly backtests: BacktestsService,
    private readonly runs: RunsService,
  ) {}

  @Post('run')
  @UseInterceptors(AcceptedInterceptor)
  run(
    @CurrentUser() user: CurrentUser,
    @Body({ schema: backtestRunRequest }) body: BacktestRunRequest,
    @Idempotency() idempotency: IdempotentRequest | null,
  ): Promise<Accepted> {
    return this.runs.run(user, body, idempotency);
  }

  @Post('optimize')
  @UseInterceptors(AcceptedInterceptor)
  optimize(
    @CurrentUser() user: CurrentUser,
    @Body({ schema: backtestOptimizeRequest }) body: BacktestOptimizeRequest,
    @Idempotency() idempotency: IdempotentRequest | null,
  ): Promise<Accepted> {
    return this.runs.optimize(user, body, idempotency);
  }

  @Get()
  list(
    @CurrentUser() user: CurrentUser,
    @Query({ schema: backtestListQuery }) query: BacktestListQuery,
  ): Promise<Page<BacktestSummary>> {
    return this.backtests.list(user, query);
  }

  @Get('strategies')
  strategies(): StrategyInfo[] {
    return this.runs.strategies();
  }

  @Get('compare')
  async compare(
    @CurrentUser() user: CurrentUser,
    @Query({ schema: compareQuery }) query: CompareQuery,
    @Res() response: Response,
  ): Promise<void> {
    sendJsonText(response, await this.backtests.compareText(user, query.ids));
  }

  @Get(':id')
  async get(
    @CurrentUser() user: CurrentUser,
    @Param('id') id: string,
    @Res() response: Response,
  ): Promise<void> {
    sendJsonText(response, await this.backtests.getText(user, id));
  }

  @Get(':id/trades.csv')
  async trades(
    @CurrentUser() user: CurrentUser,
    @Param('id') id: string,
    @Res() response: Response,
  ): Promise<void> {
    const file = await this.backtests.tradesFile(user, id);
    response.set({
      'Content-Type': 'text/csv; charset=utf-8',
      'Content-Disposition': `attachment; filename="trades.csv"`,
    });
    await pipeline(createReadStream(file), createGunzip(), response);
  }

  @Patch(':id')
  patch(
    @CurrentUser() user: CurrentUser,
    @Param('id') id: string,
    @Body({ schema: backtestPatch }) body: BacktestPatch,
  ): Promise<BacktestSummary> {
    return this.backtests.patch(user, id, body);
  }

  @Delete(':id')
  @HttpCode(204)
  remove(@CurrentUser() user: CurrentUser, @Param('id') id: string): Promise<void> {
    return this.backtests.remove(user, id);
  }
}

function sendJsonText(response: Response, text: string): void {
  response.set('Content-Type', 'application/json; charset=utf-8').send(text);
}
