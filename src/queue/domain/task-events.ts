import { Injectable } from '@nestjs/common';
import type { Task as TaskView } from '@app/contracts';
import { Subject } from 'rxjs';
import type { Placement, StateEventType } from './task.js';

interface Stored {
  /** Place in the one order of all events of this installation. */
  readonly sequence: number;
  readonly at: Date;
  readonly userId: string;
}

/** What happened to a task, as it is stored and replayed. */
export type StoredTaskEvent = Stored &
  (
    | { readonly type: 'task_queued' | 'task_running'; readonly data: TaskView }
    | { readonly type: 'task_completed'; readonly data: TaskView & { readonly success: boolean } }
    | {
        readonly type: 'task_description_update';
        readonly data: {
          readonly task_id: string;
          readonly description: string;
          readonly progress: number | null;
        };
      }
  );

/** New places in the queue: of the moment, never stored. */
export interface QueuePositionsEvent {
  readonly type: 'queue_positions';
  readonly placements: ReadonlyMap<string, { readonly userId: string; readonly placement: Placement }>;
}

export type TaskEvent = StoredTaskEvent | QueuePositionsEvent;

/** The data of a state event: a copy of its own, so that no subscriber can change what another one sees. */
export function stateEventData(type: StateEventType, task: TaskView): Record<string, unknown> {
  return type === 'task_completed' ? { ...task, success: task.status === 'completed' } : { ...task };
}

/**
 * All that happens to tasks, live: stored events are published right after their transaction has
 * committed, in the order of their sequence. Events are frozen facts; subscribers must not change them.
 */
@Injectable()
export class TaskEvents {
  readonly #events = new Subject<TaskEvent>();
  readonly all$ = this.#events.asObservable();

  publish(event: TaskEvent): void {
    this.#events.next(Object.freeze(event));
  }
}
