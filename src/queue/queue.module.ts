import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { ResourcesModule } from '../resources/resources.module.js';
import { FunctionTasks } from './api/function-tasks.js';
import { IdempotentAnswers } from './api/idempotency.js';
import { NewTasks } from './api/new-tasks.js';
import { QueueStatusReader } from './api/queue-status.js';
import { StoredResultSources } from './api/stored-result-sources.js';
import { SubmissionChecks } from './api/submission-checks.js';
import { SubmissionGuards } from './api/submission-guards.js';
import { TaskAttempts } from './api/task-attempts.js';
import { TaskCommands } from './api/task-commands.js';
import { TaskLookup } from './api/task-lookup.js';
import { TaskQueue } from './api/task-queue.js';
import { TaskResults } from './api/task-results.js';
import { TaskSubmissionsController } from './api/task-submissions.controller.js';
import { TaskViews } from './api/task-views.js';
import { TasksController } from './api/tasks.controller.js';
import { UserDeletionHandler } from './api/user-deletion-handler.js';
import { UserQueueLimit } from './api/user-queue-limit.js';
import { NodeRegistry } from './cluster/node-registry.js';
import { TaskEvents } from './domain/task-events.js';
import { TaskHandlers } from './domain/task-handlers.js';
import { ExecutionEvents } from './execution/execution-events.js';
import { TaskExecutor } from './execution/task-executor.js';
import { AdmissionDecisions } from './scheduling/admission-decisions.js';
import { QueueMirror } from './scheduling/queue-mirror.js';
import { SchedulerState } from './scheduling/scheduler-state.js';
import { SchedulingLoop } from './scheduling/scheduling-loop.js';
import { TaskStore } from './storage/task-store.js';
import { queueProviders } from './queue.providers.js';

const api = [
  FunctionTasks,
  IdempotentAnswers,
  NewTasks,
  QueueStatusReader,
  StoredResultSources,
  SubmissionChecks,
  SubmissionGuards,
  TaskAttempts,
  TaskCommands,
  TaskLookup,
  TaskQueue,
  TaskResults,
  TaskViews,
  UserDeletionHandler,
  UserQueueLimit,
];

@Module({
  imports: [AuthModule, ResourcesModule],
  controllers: [TaskSubmissionsController, TasksController],
  providers: [...api, ...queueProviders],
  exports: [
    AdmissionDecisions,
    ExecutionEvents,
    IdempotentAnswers,
    NodeRegistry,
    QueueMirror,
    QueueStatusReader,
    SchedulerState,
    SchedulingLoop,
    StoredResultSources,
    SubmissionGuards,
    TaskEvents,
    TaskExecutor,
    TaskHandlers,
    TaskQueue,
    TaskResults,
    TaskStore,
    TaskViews,
  ],
})
export class QueueModule {}
