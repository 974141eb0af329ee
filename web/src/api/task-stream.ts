import type { TaskEventMessage } from '@app/contracts';
import { send } from './client';
import { EventParser } from './event-parser';

export interface StreamHandlers {
  readonly onMessage: (message: TaskEventMessage) => void;
  /** When a connection has brought its first message. */
  readonly onOpen: () => void;
  /** When a connection has ended or could not be made, for the nth time in a row; 1 is a mere hiccup. */
  readonly onLost: (failures: number) => void;
}

/** Heartbeats come every 5 s: silence of this length is a dead connection that nobody has noticed. */
const silenceMs = 16_000;
const firstWaitMs = 500;
const longestWaitMs = 30_000;
/** A connection that lived this long has worked, and its end is no failure of the server. */
const provenMs = 5000;

/**
 * The event stream of the server, kept open.
 *
 * It is read with `fetch` and not with `EventSource`: a request of its own sends the access token in a
 * header, where no log sees it, and `Last-Event-ID` after every break, so the server replays what was
 * missed; and a refused connection can be told from a lost one.
 *
 * After a break it connects again, after 0.5 s, 1 s, 2 s ... 30 s, each shortened by up to a half at random so
 * that not all browsers return together. A connection that has worked starts the series anew: tokens end,
 * and the stream with them.
 */
export class TaskStream {
  #abort: AbortController | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #watchdog: ReturnType<typeof setTimeout> | undefined;
  #lastEventId = '';
  #failures = 0;

  constructor(
    private readonly handlers: StreamHandlers,
    private readonly random: () => number = Math.random,
  ) {}

  start(): void {
    if (this.#abort === null) void this.#connect();
  }

  stop(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#watchdog);
    this.#abort?.abort();
    this.#abort = null;
    this.#lastEventId = '';
    this.#failures = 0;
  }

  /** Tries again now, for when the browser says that the network is back. */
  reconnectNow(): void {
    if (this.#timer === undefined || this.#abort === null) return;
    clearTimeout(this.#timer);
    void this.#connect();
  }

  async #connect(): Promise<void> {
    this.#timer = undefined;
    const abort = new AbortController();
    this.#abort = abort;
    let openedAtMs = Infinity;
    try {
      await this.#read(abort, () => {
        openedAtMs = Date.now();
        this.handlers.onOpen();
      });
    } catch {
      // Refused, cut or silent: all the same here. A login that is over stops the stream by itself.
    }
    clearTimeout(this.#watchdog);
    if (this.#abort !== abort) return;
    const hasWorked = Date.now() - openedAtMs >= provenMs;
    this.#failures = hasWorked ? 1 : this.#failures + 1;
    this.handlers.onLost(this.#failures);
    this.#timer = setTimeout(() => void this.#connect(), this.#wait());
  }

  async #read(abort: AbortController, onOpen: () => void): Promise<void> {
    this.#watch(abort);
    const headers = this.#lastEventId === '' ? {} : { 'Last-Event-ID': this.#lastEventId };
    const response = await send('/api/system/task-events', { headers, signal: abort.signal });
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    if (!reader) return;
    onOpen();
    const parser = new EventParser();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      this.#watch(abort);
      for (const { data, id } of parser.push(value)) {
        this.handlers.onMessage(JSON.parse(data) as TaskEventMessage);
        if (id !== '') this.#lastEventId = id;
      }
    }
  }

  #watch(abort: AbortController): void {
    clearTimeout(this.#watchdog);
    this.#watchdog = setTimeout(() => abort.abort(), silenceMs);
  }

  #wait(): number {
    const whole = Math.min(longestWaitMs, firstWaitMs * 2 ** (this.#failures - 1));
    return whole * (0.5 + this.random() / 2);
  }
}
