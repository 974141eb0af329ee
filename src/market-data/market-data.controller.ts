import { candleQuery, type CandleList, type CandleQuery, type Page, type SymbolInfo } from '@app/contracts';
import { Controller, Get, Query } from '@nestjs/common';
import { CurrentUser } from '../auth/current-user.decorator.js';
import { MarketDataService } from './market-data.service.js';

@Controller('market-data')
export class MarketDataController {
  constructor(private readonly marketData: MarketDataService) {}

  @Get('symbols')
  async symbols(@CurrentUser() user: CurrentUser): Promise<Page<SymbolInfo>> {
    return { items: await this.marketData.list(user), next_cursor: null };
  }

  @Get('candles')
  candles(
    @CurrentUser() user: CurrentUser,
    @Query({ schema: candleQuery }) query: CandleQuery,
  ): Promise<CandleList> {
    return this.marketData.candles(user, query);
  }
}
