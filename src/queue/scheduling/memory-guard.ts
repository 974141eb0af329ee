import { Injectable, Logger } from '@nestjs/common';
import { Scheduler } from '@app/scheduler';
import { Clock } from '../../clock/clock.js';
import { ResourceMonitor } from '../../resources/resource-monitor.js';
import { TaskExecutor } from '../execution/task-executor.js';

/** Stops a process when memory runs out, as the scheduler says after each sample of the machine. */
@Injectable()
export class MemoryGuard {
  readonly #logger = new Logger('MemoryGuard');

  constructor(
    private readonly scheduler: Scheduler,
    private readonly executor: TaskExecutor,
    private readonly clock: Clock,
    monitor: ResourceMonitor,
  ) {
    monitor.sampled$.subscribe(() => {
      this.#applyMemoryGuard();
    });
  }

  #applyMemoryGuard(): void {
    const action = this.scheduler.guard(this.clock.steadyMs());
    if (action.kind !== 'kill') return;
    this.#logger.warn(action.reason);
    this.executor.stopForMemory(action.taskId, action.retryRequest.ramMb);
  }
}
