import { Module } from '@nestjs/common';
import { ResourcesModule } from '../resources/resources.module.js';
import { HealthController } from './health.controller.js';

@Module({ imports: [ResourcesModule], controllers: [HealthController] })
export class HealthModule {}
