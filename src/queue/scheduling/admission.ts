import { Injectable } from '@nestjs/common';
import { Scheduler, type CycleResult, type QueuedTask, type Start } from '@app/scheduler';
import { Clock } from '../../clock/clock.js';
import { NodeRegistry } from '../cluster/node-registry.js';
import { Reservations, type Reservation } from '../execution/reservations.js';

/** Asks the scheduler what starts on this node now, and holds the resources for it. */
@Injectable()
export class Admission {
  constructor(
    private readonly scheduler: Scheduler,
    private readonly reservations: Reservations,
    private readonly nodes: NodeRegistry,
    private readonly clock: Clock,
  ) {}

  /** @param mayStart false: nothing starts, and the result only says why each task waits */
  decide(queued: readonly QueuedTask[], mayStart: boolean): CycleResult {
    return this.scheduler.runCycle(this.clock.steadyMs(), queued, {
      paused: !mayStart || !this.nodes.isWorker,
    });
  }

  /** @param taskId the task that is started; the queued id of a shard is not its task's id */
  reserve({ task }: Start, taskId: string): Reservation {
    return this.reservations.take({
      taskId,
      queuedId: task.id,
      userId: task.userId,
      shape: task,
      isKillable: true,
    });
  }
}
