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
 * Collects the progress of all running tasks and stores it in one statement, at most ten times a
 * second; the first after a pause goes out at once. Tasks limit their own rate (`child-entry.ts`).
 */
@Injectable()
export class ProgressBuffer {
  readonly #logger = new Logger('ProgressBuffer');
  #pending: Progress[] = [];
  #writing: Promise<void> | null = null;
  #lastFlushAt = 0;
  #flushPlanned = false;

  constructor(private readonly store: TaskStore) {}

  add(progress: Progress): void {
    this.#pending.push(progress);
    if (this.#flushPlanned) return;
    this.#flushPlanned = true;
    setTimeout(
      () => {
        this.#flushPlanned = false;
        void this.flush();
      },
      Math.max(0, this.#lastFlushAt + intervalMs - Date.now()),
    );
  }

  /** Resolves when all that was added before is stored, so that a task's end never overtakes its progress. */
  async flush(): Promise<void> {
    while (this.#writing !== null) await this.#writing;
    if (this.#pending.length === 0) return;
    const changes = this.#pending;
    this.#pending = [];
    this.#lastFlushAt = Date.now();
    this.#writing = this.store.describe(changes).catch((error: unknown) => {
      // Progress is of the moment: the next word replaces what was lost here.
      this.#logger.warn(`${changes.length} words of progress were not stored: ${String(error)}`);
    });
    await this.#writing;
    this.#writing = null;
  }
}
