import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { boundedText } from '@app/text';
import { resourceRequestOf } from '@app/scheduler';
import { assertTaskId, type EnqueueOptions, type FunctionTask, type TaskResources } from '@app/tasks-sdk';
import { Config } from '../../config/config.js';
import { currentTraceparent } from '../../telemetry/trace-context.js';
import { TaskHandlers } from '../domain/task-handlers.js';
import type { NewTask } from '../storage/task-writes.js';

const maxSubjectCodePoints = 200;
const maxDescriptionCodePoints = 500;

/** Makes the rows of new tasks. */
@Injectable()
export class NewTasks {
  constructor(
    private readonly config: Config,
    private readonly handlers: TaskHandlers,
  ) {}

  /**
   * A task that a process will run.
   *
   * @throws Error when no handler is registered for the type, ZodError when the payload is not valid, InvalidTaskIdError
   */
  queued(type: string, payload: unknown, options: EnqueueOptions): NewTask {
    const handler = this.handlers.get(type);
    const valid = handler.payload.parse(payload);
    const description = handler.describe(valid);
    return {
      ...this.#base(type, handler.resources, options),
      description: boundedText(description, maxDescriptionCodePoints),
      subject: boundedText(handler.subject?.(valid) ?? description, maxSubjectCodePoints),
      priority: options.priority ?? 0,
      payload: valid,
      size: handler.size(valid),
      timeoutS: options.timeoutS ?? this.config.tasks.timeoutS,
      runAfter: options.runAfter ?? null,
    };
  }

  /**
   * A task that is a function of this process.
   *
   * @throws Error when neither the function's resources nor a handler of its type are known, InvalidTaskIdError
   */
  running(task: FunctionTask): NewTask {
    const { taskType, taskFunc } = task;
    const resources = task.resources ?? this.handlers.get(taskType).resources;
    const subject = task.subject ?? this.handlers.find(taskType)?.label ?? taskType;
    return {
      ...this.#base(taskType, resources, task),
      status: 'running',
      nodeId: this.config.nodeId,
      description: boundedText(task.description ?? subject, maxDescriptionCodePoints),
      subject: boundedText(subject, maxSubjectCodePoints),
      durable: false,
      cancellable: taskFunc.length > 0,
      maxAttempts: 1,
    };
  }

  #base(
    taskType: string,
    { cpuCores, ramGb }: TaskResources,
    { userId, taskId = randomUUID() }: Pick<EnqueueOptions, 'userId' | 'taskId'>,
  ): NewTask {
    assertTaskId(taskId);
    const { timeoutS, maxAttempts } = this.config.tasks;
    return {
      taskId,
      taskType,
      userId,
      status: 'queued',
      priority: 0,
      description: '',
      subject: '',
      progress: null,
      payload: {},
      size: 1,
      ...resourceRequestOf(cpuCores, ramGb),
      timeoutS,
      durable: true,
      cancellable: true,
      attempt: 1,
      maxAttempts,
      nodeId: null,
      cancelRequested: false,
      floorRamMb: null,
      shardFingerprint: null,
      error: null,
      cpuSeconds: null,
      peakRamMb: null,
      runAfter: null,
      traceparent: currentTraceparent(),
    };
  }
}
