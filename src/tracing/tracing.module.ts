import { Module } from '@nestjs/common';
import { Config } from '../config/config.js';
import { QueueModule } from '../queue/queue.module.js';
import { TaskTraces } from './task-traces.js';
import { TraceExport } from './trace-export.js';

/** Traces (OpenTelemetry) of requests and of the tasks that they asked for; see docs/operations.md. */
@Module({
  imports: [QueueModule],
  providers: [
    TaskTraces,
    {
      provide: TraceExport,
      useFactory: (config: Config) => TraceExport.start(config),
      inject: [Config],
    },
  ],
})
export class TracingModule {}
