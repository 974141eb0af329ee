import { Body, Controller, Get, Header, Param, Post, UseInterceptors } from '@nestjs/common';
import { taskSubmission, type TaskSubmission, type Task as TaskView } from '@app/contracts';
import { boundedText } from '@app/text';
import type { TaskHandler } from '@app/tasks-sdk';
import { CurrentUser } from '../../http/current-user.decorator.js';
import { HttpProblem } from '../../problems/http-problem.js';
import { TaskHandlers } from '../domain/task-handlers.js';
import { AcceptedInterceptor } from './accepted.interceptor.js';
import type { Accepted } from './answer.js';
import { Idempotency, type IdempotentRequest } from './idempotency.js';
import { TaskQueue } from './task-queue.js';
import { TaskResults } from './task-results.js';

const maxErrors = 20;
const maxErrorCodePoints = 200;

/** Submits tasks of the types that plug-ins offer to users, and answers with their results. */
@Controller('tasks')
export class TaskSubmissionsController {
  constructor(
    private readonly queue: TaskQueue,
    private readonly handlers: TaskHandlers,
    private readonly results: TaskResults,
  ) {}

  @Post()
  @UseInterceptors(AcceptedInterceptor)
  submit(
    @CurrentUser() user: CurrentUser,
    @Body({ schema: taskSubmission }) { task_type, payload, priority }: TaskSubmission,
    @Idempotency() idempotency: IdempotentRequest | null,
  ): Promise<Accepted> {
    const handler = this.#submittable(task_type);
    return this.queue.submit({
      type: task_type,
      payload: validPayload(handler, payload),
      userId: user.userId,
      priority,
      idempotency,
      answer: (task) => ({
        location: `/api/tasks/${task.task_id}`,
        body: {
          status: task.status,
          task_id: task.task_id,
          message: `${handler.label} ${task.status === 'running' ? 'started' : 'queued'}. Check Status Center for progress.`,
        },
      }),
    });
  }

  @Get(':task_id/result')
  @Header('Content-Type', 'application/json; charset=utf-8')
  async result(@CurrentUser() user: CurrentUser, @Param('task_id') taskId: string): Promise<string> {
    const task = await this.queue.find(user, taskId);
    if (this.handlers.find(task.task_type)?.submittable !== true) throw HttpProblem.notFound();
    if (!(await this.#hasResult(task))) {
      throw HttpProblem.conflict('TASK_HAS_NO_RESULT', `The task is ${task.status} and has no result.`);
    }
    return this.results.read(task);
  }

  /** A cancelled task has a result when shards of it had completed. */
  async #hasResult(task: TaskView): Promise<boolean> {
    return task.status === 'completed' || (task.status === 'cancelled' && (await this.results.exists(task)));
  }

  /** @throws HttpProblem 422 `UNKNOWN_TASK_TYPE` */
  #submittable(type: string): TaskHandler {
    const handler = this.handlers.find(type);
    if (handler?.submittable === true) return handler;
    const offered = this.handlers.types.filter((name) => this.handlers.get(name).submittable === true);
    const message = `"${type}" is no task type that can be submitted here; those are: ${offered.join(', ') || 'none'}`;
    throw HttpProblem.invalid('task_type', message, 'UNKNOWN_TASK_TYPE');
  }
}

/** @throws HttpProblem 422 that names each field which the handler's schema refuses */
function validPayload(handler: TaskHandler, payload: unknown): unknown {
  const parsed = handler.payload.safeParse(payload);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.slice(0, maxErrors).map(({ path, message }) => ({
    path: boundedText(['payload', ...path.map(String)].join('.'), maxErrorCodePoints),
    message: boundedText(message, maxErrorCodePoints),
  }));
  const detail = errors.map(({ path, message }) => `${path}: ${message}`).join('; ');
  throw new HttpProblem(422, 'VALIDATION_FAILED', detail, { errors });
}
