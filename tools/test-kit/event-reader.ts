import { EventParser } from '@app/client';
import { waitFor } from './waiting.js';

export interface ReceivedEvent {
  readonly id: string | null;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- messages are looked into freely
  readonly message: any;
  /** When it came, on the clock of `performance.now()`. */
  readonly atMs: number;
}

/** Reads an event stream as it comes, and keeps the raw text for assertions about bytes. */
export class EventReader {
  readonly events: ReceivedEvent[] = [];
  raw = '';
  isEnded = false;
  readonly #abort: AbortController;

  private constructor(
    readonly response: Response,
    abort: AbortController,
  ) {
    this.#abort = abort;
    void this.#read()
      .catch(() => undefined)
      .finally(() => (this.isEnded = true));
  }

  static async open(url: string, token: string, lastEventId?: string): Promise<EventReader> {
    const abort = new AbortController();
    const response = await fetch(url, {
      headers: {
        Authorization: `Bearer ${token}`,
        ...(lastEventId !== undefined && { 'Last-Event-ID': lastEventId }),
      },
      signal: abort.signal,
    });
    return new EventReader(response, abort);
  }

  /** Types of all messages so far, heartbeats and places left out. */
  stateTypes(): string[] {
    return this.events
      .map(({ message }) => message.type as string)
      .filter((type) => !['heartbeat', 'queue_positions', 'queue_state'].includes(type));
  }

  ofTask(taskId: string): ReceivedEvent[] {
    return this.events.filter(({ message }) => message.data?.task_id === taskId);
  }

  /**
   * The first event that satisfies a condition, now or later.
   *
   * @throws Error when none has come in time, or the stream has ended without one
   */
  async until(condition: (event: ReceivedEvent) => boolean, timeoutMs?: number): Promise<ReceivedEvent> {
    let looked = 0;
    const find = () => {
      while (looked < this.events.length) {
        const event = this.events[looked++]!;
        if (condition(event)) return event;
      }
      return null;
    };
    const isEndedWithout = (): null => {
      throw new Error(`The stream ended before the event came; it ends: ${this.raw.slice(-500)}`);
    };
    return waitFor(
      () => {
        const { isEnded } = this;
        return find() ?? (isEnded ? isEndedWithout() : null);
      },
      timeoutMs,
      () => `an event of ${this.events.length}; the stream ends: ${this.raw.slice(-500)}`,
    );
  }

  close(): void {
    this.#abort.abort();
  }

  async #read(): Promise<void> {
    const parser = new EventParser();
    const decoder = new TextDecoder();
    for await (const chunk of this.response.body as AsyncIterable<Uint8Array>) {
      this.raw += decoder.decode(chunk, { stream: true });
      const atMs = performance.now();
      for (const { id, data } of parser.push(chunk)) {
        if (data !== null) this.events.push({ id, message: JSON.parse(data), atMs });
      }
    }
  }
}
