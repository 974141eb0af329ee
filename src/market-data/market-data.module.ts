import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { QueueModule } from '../queue/queue.module.js';
import { CandleStorage } from './candle-storage.js';
import { ImportsController } from './import/imports.controller.js';
import { ImportsService } from './import/imports.service.js';
import { Uploads } from './import/uploads.service.js';
import { MarketDataController } from './market-data.controller.js';
import { MarketDataService } from './market-data.service.js';
import { SchedulesController } from './schedules/schedules.controller.js';
import { SchedulesService } from './schedules/schedules.service.js';

/** Reading candles alone, for whoever only needs them. */
@Module({
  controllers: [MarketDataController],
  providers: [MarketDataService],
  exports: [MarketDataService],
})
export class CandlesModule {}

@Module({
  imports: [AuthModule, CandlesModule, QueueModule],
  controllers: [ImportsController, SchedulesController],
  providers: [CandleStorage, ImportsService, SchedulesService, Uploads],
  exports: [CandlesModule],
})
export class MarketDataModule {}
