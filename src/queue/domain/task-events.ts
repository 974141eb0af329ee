import { Injectable } from '@nestjs/common';
import { Subject } from 'rxjs';
import type { QueuePosition } from './queue-position.js';
import type { StoredTaskView } from './task-view.js';

export type StateEventType = 'task_queued' | 'task_running' | 'task_completed';

interface Stored {
  /** Place in the one order of all events of this installation. */
  readonly sequence: number;
  readonly at: Date;
  readonly userId: string;
}

/** What happened to a task, as it is stored: as admins see it. */
export type StoredTaskEvent = Stored &
  (
    | { readonly type: 'task_queued' | 'task_running'; readonly data: StoredTaskView }
    | { readonly type: 'task_completed'; readonly data: StoredTaskView & { readonly success: boolean } }
    | {
        readonly type: 'task_description_update';
        readonly data: {
          readonly task_id: string;
          readonly description: string;
          readonly progress: number | null;
        };
      }
  );

/** New positions in the queue; never stored. */
export interface QueuePositionsEvent {
  readonly type: 'queue_positions';
  readonly positions: ReadonlyMap<string, { readonly userId: string; readonly position: QueuePosition }>;
}

/** The queue was paused or resumed; never stored, for everyone. */
interface QueueStateEvent {
  readonly type: 'queue_state';
  readonly paused: boolean;
}

export type TaskEvent = StoredTaskEvent | QueuePositionsEvent | QueueStateEvent;

/** The data of a state event: a copy, so that no subscriber can change what another one sees. */
export function stateEventData(type: StateEventType, task: StoredTaskView): Record<string, unknown> {
  return type === 'task_completed' ? { ...task, success: task.status === 'completed' } : { ...task };
}

/**
 * All that happens to tasks, live: stored events are published right after their transaction has
 * committed, in the order of their sequence. Events are frozen; subscribers must not change them.
 */
@Injectable()
export class TaskEvents {
  readonly #events = new Subject<TaskEvent>();
  readonly all$ = this.#events.asObservable();

  publish(event: TaskEvent): void {
    this.#events.next(Object.freeze(event));
  }
}
