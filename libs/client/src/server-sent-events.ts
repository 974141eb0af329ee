/** One message as it stood on the wire. */
export interface ServerSentEvent {
  readonly id: string | null;
  readonly retryMs: number | null;
  /** Null for a message that carries no data, which is told to nobody. */
  readonly data: string | null;
}

/** Splits bytes into messages as the HTML standard says (9.2.6): any line end, comments skipped, data lines joined. */
export class EventParser {
  readonly #decoder = new TextDecoder();
  #rest = '';
  #lines: string[] = [];

  /** The messages that the next bytes of a stream complete. */
  push(bytes: Uint8Array): ServerSentEvent[] {
    this.#rest += this.#decoder.decode(bytes, { stream: true });
    // A carriage return at the very end may be the first half of a line end.
    const whole = /^[^]*(?:\n|\r(?!$))/.exec(this.#rest)?.[0] ?? '';
    this.#rest = this.#rest.slice(whole.length);
    const events: ServerSentEvent[] = [];
    for (const line of whole.split(/\r\n|\n|\r/).slice(0, -1)) {
      if (line !== '') this.#lines.push(line);
      else if (this.#lines.length > 0) {
        events.push(eventOf(this.#lines));
        this.#lines = [];
      }
    }
    return events;
  }
}

/** The messages of a byte stream, each as soon as it is complete. */
export async function* readEvents(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<ServerSentEvent> {
  const parser = new EventParser();
  for await (const chunk of bytes) yield* parser.push(chunk);
}

function eventOf(lines: readonly string[]): ServerSentEvent {
  let id: string | null = null;
  let retryMs: number | null = null;
  const data: string[] = [];
  for (const line of lines) {
    const [, field, value] = /^([^:]*)(?:: ?([^]*))?$/.exec(line) ?? [];
    if (field === 'data') data.push(value ?? '');
    else if (field === 'id') id = value ?? '';
    else if (field === 'retry' && /^\d+$/.test(value ?? '')) retryMs = Number(value);
  }
  return { id, retryMs, data: data.length === 0 ? null : data.join('\n') };
}
