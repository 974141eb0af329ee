import { Global, Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { QuotaModule } from '../quota/quota.module.js';
import { ResourcesModule } from '../resources/resources.module.js';
import { IdempotentAnswers } from './idempotency.js';
import { Leftovers } from './leftovers.js';
import { Nodes } from './nodes.js';
import { ProgressBuffer } from './progress-buffer.js';
import { TaskQueue } from './queue.service.js';
import { QueueWorker } from './queue-worker.js';
import { RemovedUsers } from './removed-users.js';
import { Retention } from './retention.js';
import { TaskEvents } from './task-events.js';
import { TaskHandlers } from './task-handler.js';
import { TaskRunner } from './task-runner.js';
import { TaskStore } from './task-store.js';
import { TasksController } from './tasks.controller.js';

@Global()
@Module({
  imports: [AuthModule, QuotaModule, ResourcesModule],
  controllers: [TasksController],
  providers: [
    IdempotentAnswers,
    Leftovers,
    Nodes,
    ProgressBuffer,
    QueueWorker,
    RemovedUsers,
    Retention,
    TaskEvents,
    TaskHandlers,
    TaskQueue,
    TaskRunner,
    TaskStore,
  ],
  exports: [
    IdempotentAnswers,
    Nodes,
    TaskEvents,
    TaskHandlers,
    TaskQueue,
    TaskStore,
    TaskRunner,
    QueueWorker,
  ],
})
export class QueueModule {}
