import { setTimeout as delay } from 'node:timers/promises';
import { Controller, HttpCode, Inject, Module, Post } from '@nestjs/common';
import { TASK_QUEUE, type TaskQueue } from '@app/tasks-sdk';
import { CurrentUser } from '../../src/http/current-user.decorator.js';

@Controller('custom-tasks')
class CustomTasksController {
  constructor(@Inject(TASK_QUEUE) private readonly queue: TaskQueue) {}

  @Post()
  @HttpCode(202)
  async run(@CurrentUser() user: CurrentUser): Promise<{ task_id: string }> {
    const { task_id } = await this.queue.registerRunningTask({
      taskType: 'custom',
      userId: user.userId,
      subject: 'Custom task',
      description: '🚀 Starting custom task...',
      resources: { cpuCores: 0.1, ramGb: 0.05 },
      taskFunc: async ({ signal, report }) => {
        await delay(2000, undefined, { signal });
        report('📊 Processing data (50%)...', 0.5);
        await delay(2000, undefined, { signal });
        report('✅ Custom task complete!', 1);
      },
    });
    return { task_id };
  }
}

/** A function of the server's own process, shown as a task: for work that waits, not for work that computes. */
@Module({ controllers: [CustomTasksController] })
export default class CustomTaskModule {}
