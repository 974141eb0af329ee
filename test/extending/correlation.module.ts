import {
  Body,
  Controller,
  Get,
  Module,
  type OnModuleInit,
  Param,
  Post,
  UseInterceptors,
} from '@nestjs/common';
import { CurrentUser } from '../../src/http/current-user.decorator.js';
import { HttpProblem } from '../../src/problems/http-problem.js';
import { AcceptedInterceptor } from '../../src/queue/api/accepted.interceptor.js';
import type { Accepted } from '../../src/queue/api/answer.js';
import { Idempotency, type IdempotentRequest } from '../../src/queue/api/idempotency.js';
import { TaskQueue } from '../../src/queue/api/task-queue.js';
import { TaskResults } from '../../src/queue/api/task-results.js';
import { TaskHandlers } from '../../src/queue/domain/task-handlers.js';
import { QueueModule } from '../../src/queue/queue.module.js';
import { correlationRequest, type CorrelationRequest } from './correlation.task.js';

@Controller('correlations')
class CorrelationsController {
  constructor(
    private readonly queue: TaskQueue,
    private readonly results: TaskResults,
  ) {}

  @Post()
  @UseInterceptors(AcceptedInterceptor)
  run(
    @CurrentUser() user: CurrentUser,
    @Body({ schema: correlationRequest }) request: CorrelationRequest,
    @Idempotency() idempotency: IdempotentRequest | null,
  ): Promise<Accepted> {
    return this.queue.submit({
      type: 'correlation',
      payload: request,
      userId: user.userId,
      idempotency,
      answer: (task) => ({
        location: `/api/correlations/${task.task_id}`,
        body: { status: task.status, task_id: task.task_id },
      }),
    });
  }

  @Get(':id')
  async get(@CurrentUser() user: CurrentUser, @Param('id') id: string): Promise<unknown> {
    const task = await this.queue.find(user, id); // 404 for a task of another user
    if (task.task_type !== 'correlation') throw HttpProblem.notFound();
    if (task.status !== 'completed') {
      throw HttpProblem.conflict('CORRELATION_NOT_COMPLETED', `The task is ${task.status}.`);
    }
    return JSON.parse(await this.results.read(task));
  }
}

/** A task type with its own routes. */
@Module({ imports: [QueueModule], controllers: [CorrelationsController] })
export default class CorrelationModule implements OnModuleInit {
  constructor(private readonly handlers: TaskHandlers) {}

  onModuleInit(): void {
    this.handlers.register<CorrelationRequest>({
      type: 'correlation',
      label: 'Correlation',
      resources: { cpuCores: 0.5, ramGb: 0.2 },
      payload: correlationRequest,
      size: () => 1,
      describe: ({ symbols }) => `Correlation of ${symbols.join(' and ')}`,
      resultUrl: (taskId) => `/api/correlations/${taskId}`,
      entry: new URL('./correlation.task.js', import.meta.url),
    });
  }
}
