import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Controller, HttpCode, Module, Post } from '@nestjs/common';
import { CurrentUser } from '../../src/auth/current-user.decorator.js';
import { TaskQueue } from '../../src/queue/api/task-queue.js';
import { QueueModule } from '../../src/queue/queue.module.js';

@Controller('custom-tasks')
class CustomTasksController {
  constructor(private readonly queue: TaskQueue) {}

  @Post()
  @HttpCode(202)
  async run(@CurrentUser() user: CurrentUser): Promise<{ task_id: string }> {
    const taskId = randomUUID();
    await this.queue.registerRunningTask({
      taskType: 'custom',
      taskId,
      userId: user.userId,
      description: '🚀 Starting custom task...',
      demand: { cpuCores: 0.1, ramGb: 0.05 },
      taskFunc: async () => {
        await delay(2000);
        this.queue.updateTaskDescription(taskId, '📊 Processing data (50%)...', 0.5);
        await delay(2000);
        this.queue.updateTaskDescription(taskId, '✅ Custom task complete!', 1);
      },
    });
    return { task_id: taskId };
  }
}

/** A function of the server's own process, shown as a task: for what waits, never for what computes. */
@Module({ imports: [QueueModule], controllers: [CustomTasksController] })
export default class CustomTaskModule {}
