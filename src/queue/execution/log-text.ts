import { mayHoldSecrets, redact } from '../../logging/redact.js';
import { cutOf, maxLineBytes } from './long-lines.js';

/** How much of the log is made into text at a time before other work gets its turn; less than a long line. */
const pieceBytes = 4096;
/** For the line that says how much was dropped. */
const noticeBytes = 100;
const newline = 0x0a;
// eslint-disable-next-line no-control-regex -- what a terminal would obey
const control = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/**
 * The text of a log: without secrets, with control characters written as `\xNN`. It is made from its end, so that
 * nothing is made that has no room.
 */
export class LogText {
  #start: number;
  #madeBytes = 0;
  #isFull = false;

  constructor(private readonly output: Buffer) {
    this.#start = output.length;
  }

  get isFull(): boolean {
    return this.#isFull;
  }

  /** Puts whole lines before the text so far, in steps, until it is full. */
  *prepend(lines: Buffer, label: string | null): Generator<void, void> {
    for (let end = lines.length; end > 0;) {
      const start = startOfPiece(lines, end);
      for (const part of partsOf(lines.subarray(start, end)).reverse()) {
        this.#isFull = !this.#write(readable(part, label), noticeBytes);
        if (this.#isFull) return;
        this.#madeBytes += part.length;
        yield;
      }
      end = start;
    }
  }

  /**
   * Says first how much was dropped.
   *
   * @param writtenBytes all that the processes have written
   * @returns the part of the output that holds the text
   */
  finish(writtenBytes: number): Buffer {
    const droppedBytes = writtenBytes - this.#madeBytes;
    if (droppedBytes > 0) this.#write(`[${droppedBytes} bytes before this line were dropped]\n`, 0);
    return this.output.subarray(this.#start);
  }

  /** Returns false when the text has no room. */
  #write(text: string, reservedBytes: number): boolean {
    const bytes = Buffer.byteLength(text);
    if (this.#start - bytes < reservedBytes) return false;
    this.#start -= bytes;
    this.output.write(text, this.#start);
    return true;
  }
}

/** Where the last piece before a line's end begins: whole lines, or one that is longer than a piece. */
function startOfPiece(lines: Buffer, end: number): number {
  if (end <= pieceBytes) return 0;
  const start = lines.indexOf(newline, end - pieceBytes - 1) + 1;
  return start < end ? start : lines.lastIndexOf(newline, end - 2) + 1;
}

/** The parts of a line that is too long; a piece of several lines is one part. */
function partsOf(piece: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  let rest = piece;
  while (rest.length - 1 > maxLineBytes) {
    const cut = cutOf(rest);
    parts.push(rest.subarray(0, cut));
    rest = rest.subarray(cut);
  }
  return [...parts, rest];
}

function readable(part: Buffer, label: string | null): string {
  const text = part.toString('utf8').replaceAll('\r\n', '\n').replace(/\n$/, '');
  const clean = mayHoldSecrets(text) ? text.split('\n').map(withoutSecrets).join('\n') : text;
  const shown = clean.replace(
    control,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
  return label === null ? `${shown}\n` : `[${label}] ${shown.replaceAll('\n', `\n[${label}] `)}\n`;
}

function withoutSecrets(line: string): string {
  // The values of a failed statement, which its error writes on a line below it.
  return line.startsWith('params: ') ? 'params: [redacted]' : redact(line);
}
