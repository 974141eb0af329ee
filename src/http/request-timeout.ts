import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

const maxDurationMs = 3_600_000;
const extended = new WeakSet<Duplex>();

/**
 * Lets this one request take up to an hour to arrive, while every other keeps the usual limit. Node has a single
 * limit for all requests, and leaves it to `clientError` what becomes of one that is late (`hasExtendedTimeout`); it does
 * not look again at one that was let pass, so the hour is watched here.
 *
 * @param work reads the body; the usual limit holds again when it ends
 */
export async function extendRequestTimeout<Value>(
  request: IncomingMessage,
  work: () => Promise<Value>,
  durationMs = maxDurationMs,
): Promise<Value> {
  const { socket } = request;
  extended.add(socket);
  const end = setTimeout(() => {
    refuse(socket);
  }, durationMs);
  try {
    return await work();
  } finally {
    clearTimeout(end);
    extended.delete(socket);
  }
}

/** Whether the request on this connection may take longer than the server's limit. */
export function hasExtendedTimeout(socket: Duplex): boolean {
  return extended.has(socket);
}

function refuse(socket: Socket & { server?: Server }): void {
  extended.delete(socket);
  const late = Object.assign(new Error('The request took too long.'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' });
  socket.server?.emit('clientError', late, socket);
}
