import { Module, type MiddlewareConsumer, type NestModule } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { QueueModule } from '../queue/queue.module.js';
import { ResourcesModule } from '../resources/resources.module.js';
import { EventBroadcaster } from './event-broadcaster.js';
import { beginEventStream } from './event-stream-headers.js';
import { NodesController } from './nodes.controller.js';
import { SystemController } from './system.controller.js';
import { EventStreams } from './event-streams.js';

@Module({
  imports: [AuthModule, QueueModule, ResourcesModule],
  controllers: [NodesController, SystemController],
  providers: [EventBroadcaster, EventStreams],
  exports: [EventStreams],
})
export class SystemModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(beginEventStream).forRoutes('system/task-events');
  }
}
