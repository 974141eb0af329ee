import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { privateMode } from '../../config/data-folder.js';
import { LogScratch, type AttemptLog } from './attempt-log.js';

/** Writes logs one after the other, so that all of them are made in the same memory. */
export class LogWriter {
  readonly #logger = new Logger('AttemptLogs');
  #scratch: LogScratch | null = null;
  #last: Promise<void> = Promise.resolve();

  /** Writes a log whole or not at all. Never rejects; a log that cannot be written is told of in the server's. */
  write(path: string, log: AttemptLog): Promise<void> {
    this.#last = this.#last.then(() => this.#write(path, log));
    return this.#last;
  }

  async #write(path: string, log: AttemptLog): Promise<void> {
    const unfinished = `${path}.${process.pid}.tmp`;
    try {
      const text = await this.#textOf(log);
      await mkdir(dirname(path), { recursive: true, mode: privateMode });
      await writeFile(unfinished, text, { mode: 0o600 });
      await rename(unfinished, path);
    } catch (error) {
      this.#logger.warn(`The log ${basename(path)} could not be written: ${String(error)}`);
      await rm(unfinished, { force: true }).catch(() => undefined);
    }
  }

  async #textOf(log: AttemptLog): Promise<Buffer> {
    const steps = log.text((this.#scratch ??= new LogScratch()));
    for (;;) {
      const step = steps.next();
      if (step.done) return step.value;
      await nextTurn();
    }
  }
}
