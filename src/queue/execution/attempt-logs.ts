import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../clock/clock.js';
import { Config } from '../../config/config.js';
import { privateMode } from '../../config/data-folder.js';
import { AttemptLog } from './attempt-log.js';

/** The log of an attempt that runs. */
export interface OpenLog {
  /**
   * Takes what a process writes, as it comes.
   *
   * @param label of the process, which begins each of its lines (`shard 3`, `reduce`); null for none
   */
  output(label: string | null, chunk: Buffer): void;
  /** Stores the last of it. Never rejects; a log that cannot be written is reported in the server's log. */
  close(): Promise<void>;
}

const writeIntervalMs = 1000;

/**
 * What the processes of each attempt write, kept as one file an attempt in the data folder's `logs`: at most 256 KiB,
 * without secrets, written at most once a second and whole or not at all.
 */
@Injectable()
export class AttemptLogs {
  readonly #folder: string;

  constructor(
    config: Config,
    private readonly clock: Clock,
  ) {
    this.#folder = join(config.dataDir, 'logs');
  }

  open(taskId: string, attempt: number): OpenLog {
    return new LogFile(this.#folder, fileName(taskId, attempt), this.clock);
  }

  /** The log of an attempt; empty when it has written nothing or the log was removed. */
  async read(taskId: string, attempt: number): Promise<string> {
    try {
      return await readFile(join(this.#folder, fileName(taskId, attempt)), 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
      throw error;
    }
  }

  /** Removes the logs of all attempts of tasks. */
  async remove(taskIds: readonly string[]): Promise<void> {
    const wanted = new Set(taskIds.map(encodeURIComponent));
    const names = await readdir(this.#folder).catch((): string[] => []);
    for (const name of names) {
      const taskId = name.slice(0, name.search(/\.\d+\.log/));
      if (wanted.has(taskId)) await rm(join(this.#folder, name), { force: true });
    }
  }
}

class LogFile implements OpenLog {
  readonly #logger = new Logger('AttemptLogs');
  readonly #log = new AttemptLog();
  readonly #path: string;
  #isDirty = false;
  #isClosed = false;
  #cancelTimer: (() => void) | null = null;
  #writing: Promise<void> | null = null;

  constructor(
    private readonly folder: string,
    private readonly name: string,
    private readonly clock: Clock,
  ) {
    this.#path = join(folder, name);
  }

  output(label: string | null, chunk: Buffer): void {
    if (this.#isClosed) return;
    this.#log.append(label, chunk);
    this.#isDirty = true;
    this.#writeLater();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelTimer?.();
    await this.#writing;
    this.#log.finish();
    if (this.#isDirty) await this.#write();
  }

  #writeLater(): void {
    if (this.#cancelTimer !== null || this.#writing !== null) return;
    this.#cancelTimer = this.clock.after(writeIntervalMs, () => {
      this.#cancelTimer = null;
      this.#writing = this.#write().then(() => {
        this.#writing = null;
        if (this.#isDirty && !this.#isClosed) this.#writeLater();
      });
    });
  }

  async #write(): Promise<void> {
    this.#isDirty = false;
    if (this.#log.isEmpty) return;
    const unfinished = `${this.#path}.tmp`;
    try {
      const slices: string[] = [];
      for (const slice of this.#log.text()) {
        slices.push(slice);
        await nextTurn();
      }
      await mkdir(this.folder, { recursive: true, mode: privateMode });
      await writeFile(unfinished, slices.join(''), { mode: 0o600 });
      await rename(unfinished, this.#path);
    } catch (error) {
      this.#logger.warn(`The log ${this.name} could not be written: ${String(error)}`);
    }
  }
}

function fileName(taskId: string, attempt: number): string {
  // An id is of letters, digits and dashes; another one must not lead out of the folder.
  return `${encodeURIComponent(taskId)}.${attempt}.log`;
}
