/** One message as it stood on the wire. */
export interface ServerSentEvent {
  readonly id: string | null;
  readonly retryMs: number | null;
  /** Null for a message that carries no data, which is told to nobody. */
  readonly data: string | null;
}

/** Splits a byte stream into messages as the HTML standard says (9.2.6): any line end, comments skipped, data lines joined. */
export async function* readEvents(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<ServerSentEvent> {
  const decoder = new TextDecoder();
  let rest = '';
  let lines: string[] = [];
  for await (const chunk of bytes) {
    rest += decoder.decode(chunk, { stream: true });
    // A carriage return at the very end may be the first half of a line end.
    const whole = /^[^]*(?:\n|\r(?!$))/.exec(rest)?.[0] ?? '';
    rest = rest.slice(whole.length);
    for (const line of whole.split(/\r\n|\n|\r/).slice(0, -1)) {
      if (line !== '') lines.push(line);
      else if (lines.length > 0) {
        yield eventOf(lines);
        lines = [];
      }
    }
  }
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
