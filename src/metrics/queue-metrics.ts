import { Injectable } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { TaskHandlers } from '../queue/domain/task-handlers.js';
import { TaskExecutor } from '../queue/execution/task-executor.js';
import { QueueMirror } from '../queue/scheduling/queue-mirror.js';
import { SchedulerState } from '../queue/scheduling/scheduler-state.js';
import { MetricsRegistry } from './registry.js';

/** The queue as it is when the metrics are read. */
@Injectable()
export class QueueMetrics {
  constructor(
    registry: MetricsRegistry,
    handlers: TaskHandlers,
    mirror: QueueMirror,
    executor: TaskExecutor,
    state: SchedulerState,
  ) {
    const registers = [registry];
    new Gauge({
      registers,
      name: 'headroom_tasks',
      help: 'Tasks by state: running on this node; queued in the whole installation, the same figure on every node.',
      labelNames: ['task_type', 'state'],
      collect() {
        this.reset();
        for (const task_type of handlers.types)
          for (const status of ['queued', 'running']) this.set({ task_type, state: status }, 0);
        for (const [task_type, count] of mirror.queuedByType())
          this.set({ task_type, state: 'queued' }, count);
        for (const { taskType: task_type } of executor.list()) this.inc({ task_type, state: 'running' });
      },
    });
    new Gauge({
      registers,
      name: 'headroom_queue_paused',
      help: '1 while an admin has paused the queue.',
      collect() {
        this.set(state.isPaused ? 1 : 0);
      },
    });
  }
}
