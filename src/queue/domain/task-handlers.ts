import { Injectable } from '@nestjs/common';
import { taskType } from '@app/contracts';
import type { TaskHandler, TaskHandlers as PublicTaskHandlers } from '@app/tasks-sdk';

/** The path under which people read the result of a task; null for types whose tasks have none. */
export function resultUrlOf(handler: TaskHandler | null, taskId: string): string | null {
  return handler?.resultUrl?.(taskId) ?? (handler?.submittable ? `/api/tasks/${taskId}/result` : null);
}

/** The handlers of all task types. Features and plug-ins register theirs at boot; the queue itself knows no feature. */
@Injectable()
export class TaskHandlers implements PublicTaskHandlers {
  readonly #handlers = new Map<string, TaskHandler>();

  /** @throws Error when the type is invalid or taken, which stops the boot */
  register<Payload>(handler: TaskHandler<Payload>): void {
    const { type } = handler;
    if (!taskType.safeParse(type).success) {
      const rule = 'up to 40 lowercase letters, digits and underscores, a letter first';
      throw new Error(`Task type "${type}" is not valid: it must be ${rule}.`);
    }
    if (this.#handlers.has(type)) throw new Error(`Two handlers are registered for task type "${type}".`);
    this.#handlers.set(type, handler);
  }

  /** The types that are registered. */
  get types(): string[] {
    return [...this.#handlers.keys()];
  }

  find(type: string): TaskHandler | null {
    return this.#handlers.get(type) ?? null;
  }

  /** @throws Error when no handler is registered for the type */
  get(type: string): TaskHandler {
    const handler = this.find(type);
    if (handler === null) {
      const known = this.types.join(', ') || 'none';
      throw new Error(`No handler is registered for task type "${type}" (registered: ${known}).`);
    }
    return handler;
  }
}
