import { Global, Module } from '@nestjs/common';
import { TASK_HANDLERS, TASK_QUEUE, TASK_RESULTS } from '@app/tasks-sdk';
import { TaskHandlers } from '../domain/task-handlers.js';
import { QueueModule } from '../queue.module.js';
import { TaskQueue } from './task-queue.js';
import { TaskResults } from './task-results.js';

/** Binds the tokens of `@app/tasks-sdk`. It is global, because plug-ins cannot import a module of the server. */
@Global()
@Module({
  imports: [QueueModule],
  providers: [
    { provide: TASK_HANDLERS, useExisting: TaskHandlers },
    { provide: TASK_QUEUE, useExisting: TaskQueue },
    { provide: TASK_RESULTS, useExisting: TaskResults },
  ],
  exports: [TASK_HANDLERS, TASK_QUEUE, TASK_RESULTS],
})
export class TasksSdkModule {}
