import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { DatabaseClock } from '../database/database-clock.js';
import { QuotaModule } from '../quota/quota.module.js';
import { ResourcesModule } from '../resources/resources.module.js';
import { IdempotentAnswers } from './api/idempotency.js';
import { TaskQueue } from './api/task-queue.js';
import { TasksController } from './api/tasks.controller.js';
import { UserDeletionHandler } from './api/user-deletion-handler.js';
import { NodeRegistry } from './cluster/node-registry.js';
import { TaskEvents } from './domain/task-events.js';
import { TaskHandlers } from './domain/task-handlers.js';
import { AttemptFiles } from './execution/attempt-files.js';
import { ExecutionEvents } from './execution/execution-events.js';
import { TaskExecutor } from './execution/task-executor.js';
import { AdmissionDecisions } from './scheduling/admission-decisions.js';
import { QueueMirror } from './scheduling/queue-mirror.js';
import { SchedulerState } from './scheduling/scheduler-state.js';
import { SchedulingLoop } from './scheduling/scheduling-loop.js';
import { TaskStore } from './storage/task-store.js';
import { queueProviders } from './queue.providers.js';

@Module({
  imports: [AuthModule, QuotaModule, ResourcesModule],
  controllers: [TasksController],
  providers: [...queueProviders, DatabaseClock, IdempotentAnswers, TaskQueue, UserDeletionHandler],
  exports: [
    AdmissionDecisions,
    AttemptFiles,
    ExecutionEvents,
    IdempotentAnswers,
    NodeRegistry,
    QueueMirror,
    SchedulerState,
    SchedulingLoop,
    TaskEvents,
    TaskExecutor,
    TaskHandlers,
    TaskQueue,
    TaskStore,
  ],
})
export class QueueModule {}
