import type { TaskEventMessage } from '@app/contracts';
import { TaskStream, type StreamHandlers } from './task-stream';

export interface SharedStreamHandlers extends StreamHandlers {
  /** What this tab knows, as a first state for a tab that has just been opened; null while it knows nothing. */
  readonly snapshot: () => TaskEventMessage | null;
}

type Note =
  | { readonly kind: 'message'; readonly message: TaskEventMessage }
  | { readonly kind: 'lost'; readonly failures: number }
  /** A tab that follows asks for the state so far. */
  | { readonly kind: 'hello' };

const name = 'headroom-task-events';
/** Heartbeats come every 5 s; a leader that is silent for this long has been frozen by its browser. */
const silenceMs = 16_000;
/** As many failures as make a follower ask the server itself. */
const givenUp = 2;

/**
 * One event stream for all tabs of a browser, which has but six connections for a server.
 *
 * Leading: the tab that holds the lock reads the stream and passes every message on.
 * Following: the others listen. A new one asks for the state so far and gets it from the leader.
 * When the leader is closed its lock goes to a follower, who opens a stream of its own.
 *
 * Where there are no locks (plain http from another machine) each tab reads a stream of its own.
 */
export class SharedStream {
  readonly #stream: TaskStream;
  #channel: BroadcastChannel | null = null;
  #stopped: AbortController | null = null;
  #isLeading = false;
  #watchdog: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly handlers: SharedStreamHandlers) {
    this.#stream = new TaskStream({
      onOpen: () => handlers.onOpen(),
      onMessage: (message) => {
        handlers.onMessage(message);
        this.#tell({ kind: 'message', message });
      },
      onLost: (failures) => {
        handlers.onLost(failures);
        this.#tell({ kind: 'lost', failures });
      },
    });
  }

  start(): void {
    if (this.#stopped !== null) return;
    const stopped = (this.#stopped = new AbortController());
    // The types take for granted what only secure contexts have.
    const locks = navigator.locks as LockManager | null | undefined;
    if (!locks) {
      this.#stream.start();
      return;
    }
    this.#channel = new BroadcastChannel(name);
    this.#channel.onmessage = ({ data }: MessageEvent<Note>) => this.#hear(data);
    this.#tell({ kind: 'hello' });
    this.#watch();
    const lead = () =>
      new Promise<void>((resolve) => {
        this.#isLeading = true;
        clearTimeout(this.#watchdog);
        this.#stream.start();
        stopped.signal.addEventListener('abort', () => resolve());
      });
    // Refused only by the abort of a stop.
    locks.request(name, { signal: stopped.signal }, lead).catch(() => undefined);
  }

  stop(): void {
    clearTimeout(this.#watchdog);
    this.#stopped?.abort();
    this.#stopped = null;
    this.#isLeading = false;
    this.#channel?.close();
    this.#channel = null;
    this.#stream.stop();
  }

  reconnectNow(): void {
    this.#stream.reconnectNow();
  }

  #tell(note: Note): void {
    this.#channel?.postMessage(note);
  }

  #hear(note: Note): void {
    if (this.#isLeading) {
      const message = note.kind === 'hello' ? this.handlers.snapshot() : null;
      if (message !== null) this.#tell({ kind: 'message', message });
    } else if (note.kind === 'message') {
      this.#watch();
      this.handlers.onOpen();
      this.handlers.onMessage(note.message);
    } else if (note.kind === 'lost') {
      this.handlers.onLost(note.failures);
    }
  }

  #watch(): void {
    clearTimeout(this.#watchdog);
    this.#watchdog = setTimeout(() => this.handlers.onLost(givenUp), silenceMs);
  }
}
