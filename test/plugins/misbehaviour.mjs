// A plug-in with a task type whose tasks behave badly in the way they are told to.
import { Body, Controller, Module, Post, UseInterceptors } from '@nestjs/common';
import { z } from 'zod';
import { CurrentUser } from '../../dist/src/http/current-user.decorator.js';
import { AcceptedInterceptor } from '../../dist/src/queue/api/accepted.interceptor.js';
import { TaskQueue } from '../../dist/src/queue/api/task-queue.js';
import { TaskHandlers } from '../../dist/src/queue/domain/task-handlers.js';
import { QueueModule } from '../../dist/src/queue/queue.module.js';

const payload = z.strictObject({
  how: z.string(),
  mb: z.number().default(0),
  seconds: z.number().default(0),
  shards: z.number().int().default(4),
});

class MisbehaviourController {
  constructor(handlers, queue) {
    this.queue = queue;
    handlers.register({
      type: 'misbehaviour',
      label: 'Misbehaviour',
      resources: { cpuCores: 0.5, ramGb: 0.25 },
      payload,
      size: () => 1,
      describe: ({ how }) => `Will ${how}`,
      entry: new URL('./misbehaviour.task.mjs', import.meta.url),
    });
    handlers.register({
      type: 'sharded',
      label: 'Sharded task',
      resources: { cpuCores: 1, ramGb: 0.25 },
      payload,
      size: () => 1,
      shards: (order) => order.shards,
      describeShards: (_, fraction) => `🧩 ${Math.round(100 * fraction)} % of the shards`,
      describe: ({ shards }) => `${shards} shards`,
      entry: new URL('./sharded.task.mjs', import.meta.url),
    });
  }

  run(user, body) {
    const { timeout_s, in_process, run_after, ...order } = body;
    if (in_process) return this.runHere(user, body.seconds ?? 1.5);
    return this.queue.submit({
      type: body.how === 'sharded' ? 'sharded' : 'misbehaviour',
      payload: order,
      userId: user.userId,
      timeoutS: timeout_s,
      ...(run_after && { runAfter: run_after }),
      idempotency: null,
      answer: (task) => ({
        body: { status: task.status, task_id: task.task_id },
        location: `/api/tasks/${task.task_id}`,
      }),
    });
  }

  async runHere(user, seconds) {
    const task = await this.queue.registerRunningTask({
      taskType: 'misbehaviour',
      userId: user.userId,
      description: '🚀 Starting custom task...',
      taskFunc: async () => {
        await new Promise((resolve) => setTimeout(resolve, 300));
        this.queue.updateTaskDescription(task.task_id, '📊 Processing data (50%)...', 0.5);
        await new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
        this.queue.updateTaskDescription(task.task_id, '✅ Custom task complete!', 1);
      },
    });
    return { status: 202, location: null, replayed: false, body: { task_id: task.task_id } };
  }
}

Reflect.defineMetadata('design:paramtypes', [TaskHandlers, TaskQueue], MisbehaviourController);
CurrentUser()(MisbehaviourController.prototype, 'run', 0);
Body()(MisbehaviourController.prototype, 'run', 1);
const run = Object.getOwnPropertyDescriptor(MisbehaviourController.prototype, 'run');
Post('misbehaviour')(MisbehaviourController.prototype, 'run', run);
UseInterceptors(AcceptedInterceptor)(MisbehaviourController.prototype, 'run', run);
Controller()(MisbehaviourController);

export default class MisbehaviourModule {}
Module({ imports: [QueueModule], controllers: [MisbehaviourController] })(MisbehaviourModule);
