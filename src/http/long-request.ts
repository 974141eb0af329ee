import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

const longestMs = 3_600_000;
const unhurried = new WeakSet<Duplex>();

/**
 * Lets this one request take up to an hour to arrive, while every other keeps the usual limit. Node has a single
 * limit for all requests, and leaves it to `clientError` what becomes of one that is late (`mayBeLate`); it does
 * not look again at one that was let pass, so the hour is watched here.
 *
 * @param work reads the body; the request is unhurried until it ends
 */
export async function unhurriedly<Value>(
  request: IncomingMessage,
  work: () => Promise<Value>,
  mostMs = longestMs,
): Promise<Value> {
  const { socket } = request;
  unhurried.add(socket);
  const end = setTimeout(() => {
    refuse(socket);
  }, mostMs);
  try {
    return await work();
  } finally {
    clearTimeout(end);
    unhurried.delete(socket);
  }
}

/** Whether the request on this connection may take longer than the server's limit. */
export function mayBeLate(socket: Duplex): boolean {
  return unhurried.has(socket);
}

function refuse(socket: Socket & { server?: Server }): void {
  unhurried.delete(socket);
  const late = Object.assign(new Error('The request took too long.'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' });
  socket.server?.emit('clientError', late, socket);
}
