import { Injectable, Logger } from '@nestjs/common';
import { TaskStore } from '../storage/task-store.js';

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
  /** Words lost since storing them began to fail; 0 while it works. */
  #lost = 0;

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
    this.#writing = this.#store(changes);
    await this.#writing;
    this.#writing = null;
  }
  /** What cannot be stored is given up, as progress is of the moment and the next word replaces it. */
  async #store(changes: readonly Progress[]): Promise<void> {
    try {
      await this.store.describe(changes);
      if (this.#lost > 0)
        this.#logger.log(`Progress is stored again; words that were lost meanwhile: ${this.#lost}`);
      this.#lost = 0;
    } catch (error) {
      if (this.#lost === 0) this.#logger.warn(`Progress cannot be stored: ${String(error)}`);
      this.#lost += changes.length;
    }
  }
}
