import { setTimeout as delay } from 'node:timers/promises';
import type { Schemas } from './api.js';
import { ApiError, ServerUnreachableError } from './errors.js';
import { readEvents } from './server-sent-events.js';

export type TaskEvent = Schemas['TaskEvent'];

export interface FollowOptions {
  readonly signal: AbortSignal;
  readonly onReconnect?: () => void;
}

/** Opens the stream behind an event, or from now on. */
export type OpenStream = (lastEventId: string | null, signal: AbortSignal) => Promise<Response>;

/** A heartbeat comes every 5 s. */
const silenceMs = 20_000;
const giveUpAfterMs = 120_000;

/**
 * Follows an event stream until `signal` is aborted, connecting again whenever it breaks.
 *
 * @throws ApiError when the server refuses the stream; the last error after two minutes without one
 */
export async function* followTaskEvents(
  open: OpenStream,
  { signal, onReconnect }: FollowOptions,
): AsyncGenerator<TaskEvent, void> {
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
      const response = await open(lastEventId, AbortSignal.any([signal, silence.signal]));
      if (!response.ok || response.body === null) throw await ApiError.of(response);
      if (connected) onReconnect?.();
      connected = true;
      for await (const event of readEvents(response.body)) {
        lastHeardAt = Date.now();
        retryMs = event.retryMs ?? retryMs;
        if (event.data !== null) yield JSON.parse(event.data) as TaskEvent;
        lastEventId = event.id ?? lastEventId;
      }
    } catch (error) {
      if (isOver()) return;
      const isFinal = error instanceof ApiError && error.status < 500;
      if (isFinal || !isBreak(error) || Date.now() - lastHeardAt > giveUpAfterMs) throw error;
    } finally {
      clearInterval(watchdog);
    }
    await delay(retryMs, undefined, { signal }).catch(() => undefined);
  }
}

/** Whether an error is the connection's: all others are ours, or the server said what it should not. */
function isBreak(error: unknown): boolean {
  if (error instanceof ApiError || error instanceof ServerUnreachableError) return true;
  return (
    error instanceof Error && (error.name === 'AbortError' || error.name === 'TypeError' || 'code' in error)
  );
}
