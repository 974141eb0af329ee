import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  candleQuery,
  datasetParams,
  listQuery,
  ownershipQuery,
  type CandleList,
  type CandleQuery,
  type DatasetInfo,
  type DatasetParams,
  type ListQuery,
  type OwnershipQuery,
  type Page,
  type SymbolInfo,
  type Verification,
} from '@app/contracts';
import { Controller, Delete, Get, HttpCode, Param, Query, Res } from '@nestjs/common';
import type { Response } from 'express';
import { CurrentUser } from '../http/current-user.decorator.js';
import { HttpProblem } from '../problems/http-problem.js';
import { MarketDataService } from './market-data.service.js';

@Controller('market-data')
export class MarketDataController {
  constructor(private readonly marketData: MarketDataService) {}

  @Get('symbols')
  symbols(
    @CurrentUser() user: CurrentUser,
    @Query({ schema: listQuery }) query: ListQuery,
  ): Promise<Page<SymbolInfo>> {
    return this.marketData.list(user, query);
  }

  @Get('candles')
  candles(
    @CurrentUser() user: CurrentUser,
    @Query({ schema: candleQuery }) query: CandleQuery,
  ): Promise<CandleList> {
    return this.marketData.candles(user, query);
  }

  @Get('datasets')
  datasets(
    @CurrentUser() user: CurrentUser,
    @Query({ schema: listQuery }) query: ListQuery,
  ): Promise<Page<DatasetInfo>> {
    return this.marketData.datasets(user, query);
  }

  @Get('datasets/:symbol/:timeframe/verify')
  verify(
    @CurrentUser() user: CurrentUser,
    @Param() params: Record<string, string>,
    @Query({ schema: ownershipQuery }) query: OwnershipQuery,
  ): Promise<Verification> {
    return this.marketData.verify(user, datasetOf(params), query);
  }

  @Get('datasets/:symbol/:timeframe/export')
  async export(
    @CurrentUser() user: CurrentUser,
    @Param() params: Record<string, string>,
    @Query({ schema: ownershipQuery }) query: OwnershipQuery,
    @Res() response: Response,
  ): Promise<void> {
    const { filename, pieces } = await this.marketData.export(user, datasetOf(params), query);
    response.set({
      'Content-Type': 'text/csv; charset=utf-8',
      'Content-Disposition': `attachment; filename="${filename}"`,
    });
    await pipeline(Readable.from(pieces), response);
  }

  @Delete('datasets/:symbol/:timeframe')
  @HttpCode(204)
  remove(
    @CurrentUser() user: CurrentUser,
    @Param() params: Record<string, string>,
    @Query({ schema: ownershipQuery }) query: OwnershipQuery,
  ): Promise<void> {
    return this.marketData.remove(user, datasetOf(params), query);
  }
}

/** What could be no dataset is one that is not there. */
function datasetOf(params: Record<string, string>): DatasetParams {
  const parsed = datasetParams.safeParse(params);
  if (!parsed.success) throw HttpProblem.notFound();
  return parsed.data;
}
