import { Injectable } from '@nestjs/common';
import { filter, map, merge, tap, type Observable } from 'rxjs';
import { ResourceMonitor } from '../../resources/resource-monitor.js';
import { NodeRegistry } from '../cluster/node-registry.js';
import { TaskExecutor } from '../execution/task-executor.js';
import { QueueMirror } from './queue-mirror.js';
import { Submissions } from './submissions.js';

/** Everything that asks for a scheduling cycle, besides time. */
@Injectable()
export class CycleTriggers {
  readonly wakeups$: Observable<void>;

  constructor(
    submissions: Submissions,
    mirror: QueueMirror,
    executor: TaskExecutor,
    monitor: ResourceMonitor,
    nodes: NodeRegistry,
  ) {
    this.wakeups$ = merge(
      submissions.arrivals$,
      mirror.changes$,
      executor.capacityReleased$.pipe(
        tap((requeued) => {
          if (requeued !== null) mirror.trackRequeued(requeued);
        }),
      ),
      monitor.sampled$.pipe(
        filter(() => mirror.size > 0 || executor.waitingWork(mirror.clockOffsetMs).length > 0),
      ),
      nodes.heartbeats$,
    ).pipe(map(() => undefined));
  }
}
