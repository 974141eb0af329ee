import { waitFor } from './server.js';

export interface ReceivedEvent {
  readonly id: string | null;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- messages are looked into freely
  readonly message: any;
}

/** Reads an event stream as the specification says, and keeps the raw text for assertions about bytes. */
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
    void this.#read().catch(() => {
      this.isEnded = true;
    });
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
      .filter((type) => type !== 'heartbeat' && type !== 'queue_positions');
  }

  ofTask(taskId: string): ReceivedEvent[] {
    return this.events.filter(({ message }) => message.data?.task_id === taskId);
  }

  /** The first event that satisfies a condition, now or later. */
  async until(condition: (event: ReceivedEvent) => boolean, timeoutMs?: number): Promise<ReceivedEvent> {
    return waitFor(() => this.events.find(condition) ?? null, timeoutMs);
  }

  close(): void {
    this.#abort.abort();
  }

  async #read(): Promise<void> {
    const decoder = new TextDecoder();
    let pending = '';
    for await (const chunk of this.response.body!) {
      const text = decoder.decode(chunk as Uint8Array, { stream: true });
      this.raw += text;
      pending += text;
      const blocks = pending.split('\n\n');
      pending = blocks.pop()!;
      for (const block of blocks) this.#take(block);
    }
    this.isEnded = true;
  }

  #take(block: string): void {
    let id: string | null = null;
    const data: string[] = [];
    for (const line of block.split('\n')) {
      if (line.startsWith('id: ')) id = line.slice(4);
      if (line.startsWith('data: ')) data.push(line.slice(6));
    }
    if (data.length > 0) this.events.push({ id, message: JSON.parse(data.join('\n')) });
  }
}
