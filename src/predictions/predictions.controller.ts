import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, UseInterceptors } from '@nestjs/common';
import {
  predictionListQuery,
  predictRequest,
  trainRequest,
  type Model,
  type ModelDetail,
  type Page,
  type Prediction,
  type PredictionListQuery,
  type PredictRequest,
  type TrainRequest,
} from '@app/contracts';
import { CurrentUser } from '../http/current-user.decorator.js';
import { AcceptedInterceptor } from '../queue/api/accepted.interceptor.js';
import type { Accepted } from '../queue/api/answer.js';
import { Idempotency, type IdempotentRequest } from '../queue/api/idempotency.js';
import { ModelsService } from './models.service.js';
import { PredictionsService } from './predictions.service.js';

@Controller('predictions')
export class PredictionsController {
  constructor(
    private readonly predictions: PredictionsService,
    private readonly models: ModelsService,
  ) {}

  @Post('train')
  @UseInterceptors(AcceptedInterceptor)
  train(
    @CurrentUser() user: CurrentUser,
    @Body({ schema: trainRequest }) body: TrainRequest,
    @Idempotency() idempotency: IdempotentRequest | null,
  ): Promise<Accepted> {
    return this.models.train(user, body, idempotency);
  }

  @Post('run')
  @UseInterceptors(AcceptedInterceptor)
  run(
    @CurrentUser() user: CurrentUser,
    @Body({ schema: predictRequest }) body: PredictRequest,
    @Idempotency() idempotency: IdempotentRequest | null,
  ): Promise<Accepted> {
    return this.predictions.run(user, body, idempotency);
  }

  @Get()
  list(
    @CurrentUser() user: CurrentUser,
    @Query({ schema: predictionListQuery }) query: PredictionListQuery,
  ): Promise<Page<Prediction>> {
    return this.predictions.list(user, query);
  }

  @Get('models')
  listModels(
    @CurrentUser() user: CurrentUser,
    @Query({ schema: predictionListQuery }) query: PredictionListQuery,
  ): Promise<Page<Model>> {
    return this.models.list(user, query);
  }

  @Get('models/:id')
  getModel(@CurrentUser() user: CurrentUser, @Param('id') id: string): Promise<ModelDetail> {
    return this.models.get(user, id);
  }

  @Delete('models/:id')
  @HttpCode(204)
  removeModel(@CurrentUser() user: CurrentUser, @Param('id') id: string): Promise<void> {
    return this.models.remove(user, id);
  }

  @Get(':id')
  get(@CurrentUser() user: CurrentUser, @Param('id') id: string): Promise<Prediction> {
    return this.predictions.get(user, id);
  }
}
