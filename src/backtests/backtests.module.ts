import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { MarketDataModule } from '../market-data/market-data.module.js';
import { PredictionsModule } from '../predictions/predictions.module.js';
import { QueueModule } from '../queue/queue.module.js';
import { BacktestStorage } from './backtest-storage.js';
import { BacktestsController } from './backtests.controller.js';
import { BacktestsService } from './backtests.service.js';
import { RunChecks } from './run-checks.js';
import { RunsService } from './runs.service.js';
import { StoredResults } from './stored-results.js';

@Module({
  imports: [AuthModule, MarketDataModule, PredictionsModule, QueueModule],
  controllers: [BacktestsController],
  providers: [BacktestStorage, BacktestsService, RunChecks, RunsService, StoredResults],
})
export class BacktestsModule {}
