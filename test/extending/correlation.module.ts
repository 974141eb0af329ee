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
import { CurrentUser } from '../../src/auth/current-user.decorator.js';
import { readResultText } from '@app/tasks-sdk';
import { HttpProblem } from '../../src/http/http-problem.js';
import { type Accepted, AcceptedInterceptor } from '../../src/queue/api/accepted.js';
import { Idempotency, type IdempotentRequest } from '../../src/queue/api/idempotency.js';
import { TaskQueue } from '../../src/queue/api/task-queue.js';
import { TaskHandlers } from '../../src/queue/domain/task-handlers.js';
import { AttemptFiles } from '../../src/queue/execution/attempt-files.js';
import { QueueModule } from '../../src/queue/queue.module.js';
import { correlationRequest, type CorrelationRequest } from './correlation.task.js';

@Controller('correlations')
class CorrelationsController {
  constructor(
    private readonly queue: TaskQueue,
    private readonly files: AttemptFiles,
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
        location: `/api/correlations/${task.id}`,
        body: { status: task.row.status, task_id: task.id },
      }),
    });
  }

  @Get(':id')
  async get(@CurrentUser() user: CurrentUser, @Param('id') id: string): Promise<unknown> {
    const task = await this.queue.find(user, id); // 404 for anybody else's
    if (task.row.taskType !== 'correlation') throw HttpProblem.notFound();
    if (task.row.status !== 'completed') {
      throw HttpProblem.conflict('CORRELATION_NOT_COMPLETED', `The task is ${task.row.status}.`);
    }
    return JSON.parse(await readResultText(this.files.resultPath(task)));
  }
}

/** A task type of one's own: `POST /api/correlations`, then live on the event stream like every other. */
@Module({ imports: [QueueModule], controllers: [CorrelationsController] })
export default class CorrelationModule implements OnModuleInit {
  constructor(private readonly handlers: TaskHandlers) {}

  onModuleInit(): void {
    this.handlers.register<CorrelationRequest>({
      type: 'correlation',
      label: 'Correlation',
      demand: { cpuCores: 0.5, ramGb: 0.2 },
      payload: correlationRequest,
      size: () => 1,
      describe: ({ symbols }) => `Correlation of ${symbols.join(' and ')}`,
      entry: new URL('./correlation.task.js', import.meta.url),
    });
  }
}
