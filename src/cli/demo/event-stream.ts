import { setTimeout as delay } from 'node:timers/promises';
import { taskEvent, type TaskEventMessage } from '@app/contracts';
import { RequestRefused, ServerAway, type ApiClient } from './api-client.js';

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

export interface FollowOptions {
  readonly signal: AbortSignal;
  /** Called one event after the other; after a break, the server goes on behind the last one that was taken in. */
  onEvent(event: TaskEventMessage): Promise<void>;
  onReconnect?(): void;
}

const silenceMs = 20_000;
const giveUpAfterMs = 120_000;

/**
 * Follows a user's event stream until `signal` is aborted, connecting again whenever it breaks.
 *
 * @throws RequestRefused when the server refuses the stream; the last error after two minutes without one
 */
export async function followEvents(client: ApiClient, options: FollowOptions): Promise<void> {
  const { signal } = options;
  const isOver = () => signal.aborted;
  let lastEventId: string | null = null;
  let retryMs = 3000;
  let lastHeardAt = Date.now();
  for (let connected = false; !isOver();) {
    const attemptAt = Date.now();
    const silence = new AbortController();
    const watchdog = setInterval(() => {
      if (Date.now() - Math.max(attemptAt, lastHeardAt) > silenceMs) silence.abort();
    }, 1000);
    try {
      const stream = await client.openStream(
        '/api/system/task-events',
        lastEventId,
        AbortSignal.any([signal, silence.signal]),
      );
      if (connected) options.onReconnect?.();
      connected = true;
      for await (const event of readEvents(stream)) {
        lastHeardAt = Date.now();
        retryMs = event.retryMs ?? retryMs;
        if (event.data !== null) await options.onEvent(taskEvent.parse(JSON.parse(event.data)));
        lastEventId = event.id ?? lastEventId;
      }
    } catch (error) {
      if (isOver()) return;
      const isFinal = error instanceof RequestRefused && error.status < 500;
      if (isFinal || !isBreak(error) || Date.now() - lastHeardAt > giveUpAfterMs) throw error;
    } finally {
      clearInterval(watchdog);
    }
    await delay(retryMs, undefined, { signal }).catch(() => undefined);
  }
}

/** Whether an error is the connection's: all others are ours, or the server said what it should not. */
function isBreak(error: unknown): boolean {
  if (error instanceof RequestRefused || error instanceof ServerAway) return true;
  return (
    error instanceof Error && (error.name === 'AbortError' || error.name === 'TypeError' || 'code' in error)
  );
}
