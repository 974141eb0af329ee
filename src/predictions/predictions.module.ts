import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { QueueModule } from '../queue/queue.module.js';
import { MarketDataModule } from '../market-data/market-data.module.js';
import { ModelRegistry } from './model-registry.js';
import { ModelsService } from './models.service.js';
import { PredictionStorage } from './prediction-storage.js';
import { PredictionTaskTypes } from './prediction-task-types.js';
import { PredictionsController } from './predictions.controller.js';
import { PredictionsService } from './predictions.service.js';

@Module({
  imports: [AuthModule, MarketDataModule, QueueModule],
  controllers: [PredictionsController],
  providers: [ModelRegistry, ModelsService, PredictionsService, PredictionStorage, PredictionTaskTypes],
  exports: [ModelRegistry],
})
export class PredictionsModule {}
