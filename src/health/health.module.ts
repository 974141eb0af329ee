import { Module } from '@nestjs/common';
import { QueueModule } from '../queue/queue.module.js';
import { ResourcesModule } from '../resources/resources.module.js';
import { HealthController } from './health.controller.js';

@Module({ imports: [QueueModule, ResourcesModule], controllers: [HealthController] })
export class HealthModule {}
