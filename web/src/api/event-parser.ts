/** One message of an event stream: its data and the last event id at that point. */
export interface StreamedMessage {
  readonly data: string;
  readonly id: string;
}

/**
 * Takes an event stream apart as its text arrives, in pieces of any size.
 * Source: WHATWG HTML, "Interpreting an event stream"; `retry` and `event` have no use here.
 */
export class EventParser {
  #rest = '';
  #data: string[] = [];
  #id = '';

  /** The messages that this piece completes. */
  push(text: string): StreamedMessage[] {
    const lines = (this.#rest + text).split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop() ?? '';
    const messages: StreamedMessage[] = [];
    for (const line of lines) {
      if (line === '') {
        if (this.#data.length > 0) messages.push({ data: this.#data.join('\n'), id: this.#id });
        this.#data = [];
      } else {
        const colon = line.indexOf(':');
        const field = colon < 0 ? line : line.slice(0, colon);
        const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
        if (field === 'data') this.#data.push(value);
        else if (field === 'id') this.#id = value;
      }
    }
    return messages;
  }
}
