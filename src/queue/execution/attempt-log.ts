import { LogStream } from './log-stream.js';
import { LogText } from './log-text.js';
import { TailBuffer } from './tail-buffer.js';

/** The most that is kept of an attempt's output, and the most that its text takes. */
const maxLogBytes = 2 ** 18;
/** Beyond it the older half is forgotten; with labels on their lines so many runs are more text than is kept. */
const maxRuns = 2 ** 15;

const newline = 0x0a;

/** Lines that followed each other and have the same label. */
interface Run {
  readonly label: string | null;
  bytes: number;
}

/** Memory that the texts of all logs are made in, one after the other. */
export class LogScratch {
  readonly input = Buffer.alloc(maxLogBytes);
  readonly output = Buffer.alloc(maxLogBytes);
}

/**
 * The last 256 KiB of what the processes of one attempt have written, as whole lines.
 *
 * What comes is only copied; it is split, labelled and cleaned when the log is read, and only if it is still kept then.
 */
export class AttemptLog {
  readonly #tail = new TailBuffer(maxLogBytes);
  /** Of at least what the tail holds, oldest first, unless the lines were too many. */
  #runs: Run[] = [];
  #writtenBytes = 0;

  /**
   * A further stream of output, whose lines stay whole.
   *
   * @param label of the process, which begins each of its lines; null for none
   */
  stream(label: string | null): LogStream {
    return new LogStream((bytes) => {
      this.#append(label, bytes);
    });
  }

  /** How many bytes it was given in whole lines, kept or not. */
  get writtenBytes(): number {
    return this.#writtenBytes;
  }

  /**
   * Makes the log's text, in steps of short work, so that others can have their turn in between. Output that comes
   * meanwhile is not in it.
   *
   * @returns a part of the scratch memory
   */
  *text(scratch: LogScratch): Generator<void, Buffer> {
    this.#forgetRuns();
    this.#tail.copyTo(scratch.input);
    const runs = this.#runs.map((run) => ({ ...run }));
    const writtenBytes = this.#writtenBytes;
    let end = this.#tail.length;
    const isCut = writtenBytes > end;
    const text = new LogText(scratch.output);
    while (runs.length > 0 && !text.isFull) {
      const { label, bytes } = runs.pop()!;
      const start = Math.max(0, end - bytes);
      const lines = scratch.input.subarray(start, end);
      // The oldest line may have lost its beginning.
      yield* text.prepend(start === 0 && isCut ? afterFirstLine(lines) : lines, label);
      end = start;
    }
    return text.finish(writtenBytes);
  }

  #append(label: string | null, bytes: Buffer): void {
    this.#tail.append(bytes);
    this.#writtenBytes += bytes.length;
    const last = this.#runs.at(-1);
    if (last?.label === label) last.bytes += bytes.length;
    else this.#runs.push({ label, bytes: bytes.length });
    if (this.#runs.length > maxRuns) this.#runs = this.#runs.slice(maxRuns / 2);
  }

  /** Forgets the runs of which the tail holds nothing. */
  #forgetRuns(): void {
    let bytes = 0;
    let first = this.#runs.length;
    while (first > 0 && bytes < this.#tail.length) bytes += this.#runs[(first -= 1)]!.bytes;
    this.#runs = this.#runs.slice(first);
  }
}

function afterFirstLine(lines: Buffer): Buffer {
  return lines.subarray(lines.indexOf(newline) + 1);
}
