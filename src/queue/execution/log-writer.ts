import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { privateMode } from '../../config/data-folder.js';
import { LogScratch, type AttemptLog } from './attempt-log.js';

/** Writes logs. Their texts are made one after the other in the same memory; a slow disk delays none but its own. */
export class LogWriter {
  readonly #logger = new Logger('AttemptLogs');
  #scratch: LogScratch | null = null;
  #last: Promise<unknown> = Promise.resolve();

  /** Writes a log whole or not at all. Never rejects; a log that cannot be written is told of in the server's. */
  async write(path: string, log: AttemptLog): Promise<void> {
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

  #textOf(log: AttemptLog): Promise<Buffer> {
    const text = this.#last.then(() => this.#makeText(log));
    this.#last = text.catch(() => undefined);
    return text;
  }

  async #makeText(log: AttemptLog): Promise<Buffer> {
    const steps = log.text((this.#scratch ??= new LogScratch()));
    for (;;) {
      const step = steps.next();
      if (step.done) return Buffer.from(step.value);
      await nextTurn();
    }
  }
}
