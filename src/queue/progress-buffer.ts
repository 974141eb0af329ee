import { Injectable, Logger } from '@nestjs/common';
import { TaskStore } from './task-store.js';

interface Progress {
  readonly taskId: string;
  readonly attempt: number;
  readonly description: string;
  readonly progress: number | null;
}

const intervalMs = 100;

/**
 * Collects the progress of all running tasks and stores it at most ten times a second: of several
 * words by one task within that time only the last is kept. The first after a pause goes out at once.
 */
@Injectable()
export class ProgressBuffer {
  readonly #logger = new Logger('ProgressBuffer');
  #pending = new Map<string, Progress>();
  #writing: Promise<void> | null = null;
  #lastFlushAt = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(private readonly store: TaskStore) {}

  add(progress: Progress): void {
    this.#pending.set(progress.taskId, progress);
    this.#timer ??= setTimeout(
      () => {
        this.#timer = null;
        void this.flush();
      },
      Math.max(0, this.#lastFlushAt + intervalMs - Date.now()),
    );
  }

  /** Resolves when all that was added before is stored, so that a task's end never overtakes its progress. */
  async flush(): Promise<void> {
    while (this.#writing !== null) await this.#writing;
    if (this.#pending.size === 0) return;
    const changes = [...this.#pending.values()];
    this.#pending = new Map();
    this.#lastFlushAt = Date.now();
    this.#writing = this.store.describe(changes).catch((error: unknown) => {
      // Progress is of the moment: the next word replaces what was lost here.
      this.#logger.warn(`Progress of ${changes.length} tasks was not stored: ${String(error)}`);
    });
    await this.#writing;
    this.#writing = null;
  }
}
