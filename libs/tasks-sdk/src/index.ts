export {
  readResultText,
  readResultTextSync,
  resultPathIn,
  ResultUnreadableError,
  writeResult,
  writeResultText,
} from './result-file.js';
export type { RetryPolicy } from './retry-policy.js';
export type { FunctionContext, FunctionTask, TaskFunction } from './task-function.js';
export type { TaskHandler, TaskPlugin, TaskResources } from './task-handler.js';
export { assertTaskId, InvalidTaskIdError } from './task-id.js';
export { TaskFailedError } from './task-module.js';
export type { ShardOrder, TaskContext, TaskModule } from './task-module.js';
export { TASK_HANDLERS, TASK_QUEUE, TASK_RESULTS } from './task-queue.js';
export type { CanRunResult, EnqueueOptions, TaskHandlers, TaskQueue, TaskResults } from './task-queue.js';
export type { TaskTransaction } from './task-transaction.js';
export type { Task as TaskView, Viewer } from '@app/contracts';
