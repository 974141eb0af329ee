import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { MarketDataModule } from '../market-data/market-data.module.js';
import { PredictionsModule } from '../predictions/predictions.module.js';
import { QueueModule } from '../queue/queue.module.js';
import { BacktestStorage } from './backtest-storage.js';
import { BacktestsController } from './backtests.controller.js';
import { BacktestsService } from './backtests.service.js';
import { BacktestRequestValidator } from './backtest-request-validator.js';
import { RunsService } from './runs.service.js';
import { BacktestResultCache } from './backtest-result-cache.js';

@Module({
  imports: [AuthModule, MarketDataModule, PredictionsModule, QueueModule],
  controllers: [BacktestsController],
  providers: [BacktestStorage, BacktestsService, BacktestRequestValidator, RunsService, BacktestResultCache],
})
export class BacktestsModule {}
