import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { AuthModule } from './auth/auth.module.js';
import { BacktestsModule } from './backtests/backtests.module.js';
import { ClockModule } from './clock/clock.module.js';
import type { Config } from './config/config.js';
import { ConfigModule } from './config/config.module.js';
import { DatabaseModule } from './database/database.module.js';
import { HealthModule } from './health/health.module.js';
import { MarketDataModule } from './market-data/market-data.module.js';
import { MetricsModule } from './metrics/metrics.module.js';
import { OpenApiModule } from './openapi/openapi.module.js';
import { PredictionsModule } from './predictions/predictions.module.js';
import { TasksSdkModule } from './queue/api/tasks-sdk.module.js';
import { QueueModule } from './queue/queue.module.js';
import { QuotaModule } from './quota/quota.module.js';
import { SystemModule } from './system/system.module.js';
import { TracingModule } from './tracing/tracing.module.js';

@Module({})
export class AppModule {
  static with(config: Config, plugins: readonly (Type | DynamicModule)[]): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.with(config),
        ClockModule,
        DatabaseModule,
        ScheduleModule.forRoot(),
        AuthModule,
        QueueModule,
        TasksSdkModule,
        SystemModule,
        MarketDataModule,
        BacktestsModule,
        PredictionsModule,
        QuotaModule,
        HealthModule,
        MetricsModule,
        TracingModule,
        OpenApiModule,
        ...plugins,
      ],
    };
  }
}
