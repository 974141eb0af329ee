import { Global, Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { QuotaModule } from '../quota/quota.module.js';
import { ResourcesModule } from '../resources/resources.module.js';
import { IdempotentAnswers } from './api/idempotency.js';
import { Leftovers } from './storage/orphan-file-sweeper.js';
import { Nodes } from './cluster/node-registry.js';
import { ProgressBuffer } from './execution/progress-buffer.js';
import { TaskQueue } from './api/task-queue.js';
import { QueueWorker } from './scheduling/queue-worker.js';
import { RemovedUsers } from './api/user-deletion-handler.js';
import { Retention } from './storage/retention.js';
import { TaskEvents } from './domain/task-events.js';
import { TaskHandlers } from './domain/task-handlers.js';
import { TaskRunner } from './execution/task-runner.js';
import { TaskStore } from './storage/task-store.js';
import { TasksController } from './api/tasks.controller.js';

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
