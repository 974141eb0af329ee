import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Client, Server } from './harness/server.js';

const mebibyte = Buffer.alloc(2 ** 20, 'x');
const sentMebibytes = 24;

describe('a request that is refused while its body is on the way', () => {
  let server: Server;
  let alice: Client;
  beforeAll(async () => {
    server = await Server.start({ HEADROOM_IMPORT_MAX_MB: '4' });
    alice = await server.user('alice');
  });
  afterAll(() => server.remove());

  /** Sends the whole body, as a client that reads no answer before its end does, and returns the status. */
  const send = async (headers: readonly string[], isChunked: boolean): Promise<number> => {
    const { hostname, port } = new URL(server.url);
    const socket = connect(Number(port), hostname);
    const inTime = { signal: AbortSignal.timeout(20_000) };
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk.toString()));
    const length = isChunked
      ? 'Transfer-Encoding: chunked'
      : `Content-Length: ${sentMebibytes * mebibyte.length}`;
    const head = [
      'POST /api/market-data/import?symbol=BIG HTTP/1.1',
      `Host: ${hostname}`,
      ...headers,
      length,
    ];
    socket.write(`${head.join('\r\n')}\r\n\r\n`);
    for (let i = 0; i < sentMebibytes; i++) {
      if (isChunked) socket.write(`${mebibyte.length.toString(16)}\r\n`);
      if (!socket.write(mebibyte)) await once(socket, 'drain', inTime);
      if (isChunked) socket.write('\r\n');
      await delay(10);
    }
    if (isChunked) socket.write('0\r\n\r\n');
    while (!answer.includes('\r\n\r\n') && !socket.readableEnded) await once(socket, 'data', inTime);
    socket.destroy();
    return Number(answer.split(' ', 2)[1]);
  };

  test.each([
    { isChunked: false, type: 'text/csv', status: 413 },
    { isChunked: true, type: 'text/csv', status: 413 },
    { isChunked: false, type: 'image/png', status: 415 },
    { isChunked: true, type: 'image/png', status: 415 },
  ])('reads its answer: $status, chunked $isChunked', async ({ isChunked, type, status }) => {
    const headers = [`Authorization: Bearer ${alice.token!}`, `Content-Type: ${type}`];
    expect(await send(headers, isChunked)).toBe(status);
  });

  test.each([false, true])('reads its answer when it is not signed in, chunked %s', async (isChunked) => {
    expect(await send(['Content-Type: text/csv'], isChunked)).toBe(401);
  });
});
