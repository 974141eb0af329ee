import { redact } from '../../logging/redact.js';

const maxLogBytes = 2 ** 18;
/** Without the line that says how much was dropped. */
const maxTextBytes = maxLogBytes - 100;
const maxLineBytes = 8192;
/** A long line is cut behind a separator in its last part, where there is one, so that no secret is cut in two. */
const cutSearchBytes = 2048;
/** How much text is made at a time before other work gets its turn. */
const sliceBytes = 16_384;
const firstCapacity = 4096;
const newline = 0x0a;
const separators = new Set(Buffer.from(' \t,;'));
// eslint-disable-next-line no-control-regex -- what a terminal would obey
const control = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/**
 * The last 256 KiB of what the processes of one attempt have written, as whole lines.
 *
 * What comes is copied into one buffer of bounded size; it becomes text only when the log is read.
 */
export class AttemptLog {
  #bytes = Buffer.alloc(0);
  #length = 0;
  #droppedBytes = 0;
  /** The beginnings of lines whose ends have not come yet, by label. */
  readonly #unfinished = new Map<string | null, Buffer>();

  /**
   * Takes output as it comes.
   *
   * @param label of the process, which begins each of its lines; null for none
   */
  append(label: string | null, chunk: Buffer): void {
    const before = this.#unfinished.get(label);
    const bytes = before === undefined ? chunk : Buffer.concat([before, chunk]);
    let from = 0;
    for (let end = bytes.indexOf(newline); end >= 0; end = bytes.indexOf(newline, from)) {
      this.#appendLine(label, bytes.subarray(from, end));
      from = end + 1;
    }
    let rest = bytes.subarray(from);
    while (rest.length > maxLineBytes) rest = this.#appendHead(label, rest);
    if (rest.length === 0) this.#unfinished.delete(label);
    // A copy, for a part of the chunk would keep the whole of it in memory.
    else this.#unfinished.set(label, Buffer.from(rest));
  }

  /** Ends the lines that have no end yet; to be called when nothing more comes. */
  finish(): void {
    for (const [label, bytes] of this.#unfinished) this.#appendLine(label, bytes);
    this.#unfinished.clear();
  }

  get isEmpty(): boolean {
    return this.#length === 0;
  }

  /**
   * The log as text, in slices: without secrets, with control characters written as `\xNN`. Each step is short work, so
   * that others can have their turn in between. Output that comes meanwhile is not in it.
   */
  *text(): Generator<string> {
    const all = this.#bytes.subarray(0, this.#length);
    const start = all.length > maxTextBytes ? endOfLine(all, all.length - maxTextBytes - 1) : 0;
    const bytes = Buffer.from(all.subarray(start));
    let droppedBytes = this.#droppedBytes + start;
    const slices: { readonly text: string; readonly bytes: number }[] = [];
    let total = 0;
    for (let from = 0; from < bytes.length;) {
      const end = endOfLine(bytes, Math.min(bytes.length, from + sliceBytes) - 1);
      const text = bytes.toString('utf8', from, end).split('\n').map(readable).join('\n');
      slices.push({ text, bytes: Buffer.byteLength(text) });
      total += slices.at(-1)!.bytes;
      from = end;
      yield '';
    }
    // Escapes and replacements make text longer than it was.
    let first = 0;
    for (; total > maxTextBytes; first += 1) {
      total -= slices[first]!.bytes;
      droppedBytes += slices[first]!.bytes;
    }
    if (droppedBytes > 0) yield `[${droppedBytes} bytes before this line were dropped]\n`;
    for (const { text } of slices.slice(first)) yield text;
  }

  #appendLine(label: string | null, line: Buffer): void {
    let rest = line.at(-1) === 0x0d ? line.subarray(0, -1) : line;
    while (rest.length > maxLineBytes) rest = this.#appendHead(label, rest);
    this.#write(label, rest);
  }

  /** Writes the head of a line that is too long and returns the rest. */
  #appendHead(label: string | null, line: Buffer): Buffer {
    const end = cutOf(line);
    this.#write(label, line.subarray(0, end));
    return line.subarray(end);
  }

  #write(label: string | null, line: Buffer): void {
    const prefix = label === null ? '' : `[${label}] `;
    const prefixBytes = prefix === '' ? 0 : Buffer.byteLength(prefix);
    this.#reserve(prefixBytes + line.length + 1);
    this.#bytes.write(prefix, this.#length);
    line.copy(this.#bytes, this.#length + prefixBytes);
    this.#length += prefixBytes + line.length + 1;
    this.#bytes[this.#length - 1] = newline;
  }

  /** Makes room at the end: a larger buffer, or without the oldest lines. */
  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#bytes.length) return;
    if (this.#bytes.length < 2 * maxLogBytes) {
      const capacity = Math.max(2 * this.#bytes.length, this.#length + bytes, firstCapacity);
      const grown = Buffer.alloc(Math.min(2 * maxLogBytes, capacity));
      this.#bytes.copy(grown, 0, 0, this.#length);
      this.#bytes = grown;
      if (this.#length + bytes <= grown.length) return;
    }
    const kept = maxTextBytes - bytes;
    const from = endOfLine(this.#bytes.subarray(0, this.#length), this.#length - kept - 1);
    this.#bytes.copy(this.#bytes, 0, from, this.#length);
    this.#length -= from;
    this.#droppedBytes += from;
  }
}

/** Behind the first line end at a place or after it. */
function endOfLine(bytes: Buffer, from: number): number {
  const end = bytes.indexOf(newline, from);
  return end < 0 ? bytes.length : end + 1;
}

/** Where a line that is too long is cut: behind a separator, or else between two characters. */
function cutOf(line: Buffer): number {
  for (let end = maxLineBytes; end > maxLineBytes - cutSearchBytes; end -= 1) {
    if (separators.has(line[end - 1]!)) return end;
  }
  let end = maxLineBytes;
  // Bytes that go on with a character of UTF-8.
  while (end > maxLineBytes - 4 && (line[end]! & 0xc0) === 0x80) end -= 1;
  return end;
}

function readable(line: string): string {
  // The values of a failed statement, which its error writes on a line below it.
  if (/^(?:\[[^\]]*\] )?params: /.test(line)) return 'params: [redacted]';
  return redact(line).replace(
    control,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}
