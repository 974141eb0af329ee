import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../clock/clock.js';
import { Config } from '../../config/config.js';
import { AttemptLog } from './attempt-log.js';
import { LogWriter } from './log-writer.js';

/** One stream of a process, as its log takes it. */
interface OutputStream {
  /** Takes what the process writes, as it comes; the chunk is not needed afterwards. */
  write(chunk: Buffer): void;
  /** Ends the last line, which may lack its end. */
  end(): void;
}

/** The log of an attempt that runs. */
export interface OpenLog {
  /**
   * A stream of a process; each keeps its lines apart from those of the others.
   *
   * @param label of the process, which begins each of its lines (`shard 3`, `reduce`); null for none
   */
  stream(label: string | null): OutputStream;
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
  readonly #writer = new LogWriter();

  constructor(
    config: Config,
    private readonly clock: Clock,
  ) {
    this.#folder = join(config.dataDir, 'logs');
  }

  open(taskId: string, attempt: number): OpenLog {
    return new LogFile(join(this.#folder, fileName(taskId, attempt)), this.#writer, this.clock);
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
}

class LogFile implements OpenLog {
  readonly #log = new AttemptLog();
  readonly #streams = new Set<OutputStream>();
  /** How many of the log's bytes were there when it was last written. */
  #storedBytes = 0;
  #isClosed = false;
  #cancelTimer: (() => void) | null = null;
  #writing: Promise<void> | null = null;

  constructor(
    private readonly path: string,
    private readonly writer: LogWriter,
    private readonly clock: Clock,
  ) {}

  stream(label: string | null): OutputStream {
    const lines = this.#log.stream(label);
    const stream: OutputStream = {
      write: (chunk) => {
        if (this.#isClosed) return;
        lines.write(chunk);
        this.#writeLater();
      },
      end: () => {
        lines.end();
        this.#writeLater();
        this.#streams.delete(stream);
      },
    };
    this.#streams.add(stream);
    return stream;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelTimer?.();
    await this.#writing;
    for (const stream of this.#streams) stream.end();
    if (this.#hasMore()) await this.#write();
  }

  #writeLater(): void {
    if (this.#isClosed || this.#cancelTimer !== null || this.#writing !== null || !this.#hasMore()) return;
    this.#cancelTimer = this.clock.after(writeIntervalMs, () => {
      this.#cancelTimer = null;
      this.#writing = this.#write().then(() => {
        this.#writing = null;
        this.#writeLater();
      });
    });
  }

  #hasMore(): boolean {
    return this.#log.writtenBytes > this.#storedBytes;
  }

  #write(): Promise<void> {
    this.#storedBytes = this.#log.writtenBytes;
    return this.writer.write(this.path, this.#log);
  }
}

function fileName(taskId: string, attempt: number): string {
  // An id is of letters, digits and dashes; another one must not lead out of the folder.
  return `${encodeURIComponent(taskId)}.${attempt}.log`;
}
