import { Module } from '@nestjs/common';
import { QueueModule } from '../queue/queue.module.js';
import { ResourcesModule } from '../resources/resources.module.js';
import { SystemModule } from '../system/system.module.js';
import { DatabaseMetrics } from './database-metrics.js';
import { HttpMetrics } from './http-metrics.js';
import { MachineMetrics } from './machine-metrics.js';
import { MetricsController } from './metrics.controller.js';
import { ProcessMetrics } from './process-metrics.js';
import { QueueMetrics } from './queue-metrics.js';
import { MetricsRegistry } from './registry.js';
import { StreamMetrics } from './stream-metrics.js';
import { TaskMetrics } from './task-metrics.js';

/** Counts what the other modules tell of themselves; none of them knows that they are watched. */
@Module({
  imports: [QueueModule, ResourcesModule, SystemModule],
  controllers: [MetricsController],
  providers: [
    { provide: MetricsRegistry, useFactory: () => new MetricsRegistry() },
    DatabaseMetrics,
    HttpMetrics,
    MachineMetrics,
    ProcessMetrics,
    QueueMetrics,
    StreamMetrics,
    TaskMetrics,
  ],
})
export class MetricsModule {}
