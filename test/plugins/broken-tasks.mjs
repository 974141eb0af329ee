// A plug-in whose tasks and in-process functions break in the way that their payload names.
import { setTimeout as delay } from 'node:timers/promises';
import { Body, Controller, Module, Post, UseInterceptors } from '@nestjs/common';
import { z } from 'zod';
import { CurrentUser } from '../../dist/src/http/current-user.decorator.js';
import { AcceptedInterceptor } from '../../dist/src/queue/api/accepted.interceptor.js';
import { TaskQueue } from '../../dist/src/queue/api/task-queue.js';
import { TaskHandlers } from '../../dist/src/queue/domain/task-handlers.js';
import { QueueModule } from '../../dist/src/queue/queue.module.js';

const payload = z.strictObject({
  how: z.string(),
  text: z.string().default(''),
  seconds: z.number().default(0),
  count: z.number().int().default(1),
  drafts: z.number().int().default(0),
  detached: z.boolean().default(false),
  code: z.number().int().nullable().default(null),
});

/** Functions that run inside the server, by name. */
const functions = {
  'throw before the first await': () => {
    throw new Error('thrown before the first await');
  },
  'return no promise': () => 42,
  'stop on abort': ({ signal }) =>
    new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
    }),
  'ignore the signal': async ({ signal }) => {
    for (let waitedS = 0; waitedS < 15; waitedS += 1) await delay(1000, signal.aborted);
  },
  'take no signal': () => delay(8000),
};

class BrokenTasksController {
  constructor(handlers, queue) {
    this.queue = queue;
    const common = { resources: { cpuCores: 0.25, ramGb: 0.125 }, payload, size: () => 1 };
    handlers.register({
      ...common,
      type: 'broken',
      label: 'Broken task',
      describe: ({ how }) => `Will ${how}`,
      entry: new URL('./broken-tasks.task.mjs', import.meta.url),
      completed: (_, task, summary) => {
        if (summary?.completed === 'throw') throw new Error('thrown by completed()');
        // A handler stores a summary as JSON, which refuses a BigInt.
        JSON.stringify(summary);
        return Promise.resolve();
      },
    });
    handlers.register({
      ...common,
      type: 'small_shards',
      label: 'Task of small shards',
      shards: ({ count }) => count,
      describe: ({ count }) => `${count} small shards`,
      entry: new URL('./small-shards.task.mjs', import.meta.url),
    });
  }

  run(user, { task_type = 'broken', task_id, timeout_s, ...order }) {
    return this.queue.submit({
      type: task_type,
      payload: order,
      userId: user.userId,
      timeoutS: timeout_s,
      ...(task_id !== undefined && { taskId: task_id }),
      idempotency: null,
      answer: ({ task_id: id }) => ({ body: { task_id: id }, location: `/api/tasks/${id}` }),
    });
  }

  async runFunction(user, { how, count, task_id }) {
    const task = await this.queue.registerRunningTask({
      taskType: 'broken',
      userId: user.userId,
      description: how,
      ...(task_id !== undefined && { taskId: task_id }),
      taskFunc:
        functions[how] ??
        (async () => {
          await delay(100);
          for (let i = 0; i < count; i += 1) {
            this.queue.updateTaskDescription(task.task_id, `report ${i}`, i / count);
            if (i % 50 === 0) await delay(20);
          }
        }),
    });
    return { task_id: task.task_id };
  }
}

Reflect.defineMetadata('design:paramtypes', [TaskHandlers, TaskQueue], BrokenTasksController);
for (const [method, path] of [
  ['run', 'broken-tasks'],
  ['runFunction', 'broken-functions'],
]) {
  CurrentUser()(BrokenTasksController.prototype, method, 0);
  Body()(BrokenTasksController.prototype, method, 1);
  const descriptor = Object.getOwnPropertyDescriptor(BrokenTasksController.prototype, method);
  Post(path)(BrokenTasksController.prototype, method, descriptor);
  if (method === 'run')
    UseInterceptors(AcceptedInterceptor)(BrokenTasksController.prototype, method, descriptor);
}
Controller()(BrokenTasksController);

export default class BrokenTasksModule {}
Module({ imports: [QueueModule], controllers: [BrokenTasksController] })(BrokenTasksModule);
