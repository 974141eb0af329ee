import { once } from 'node:events';
import type { RequestListener, Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { BoundedExpressAdapter } from './bounded-adapter.js';

let server: Server;
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

/** Listens with an application that answers 413 at once and reads nothing. */
async function listen(discardTimeoutMs: number): Promise<number> {
  const adapter = new BoundedExpressAdapter({ discardTimeoutMs });
  const refuse: RequestListener = (_request, response) => {
    response.writeHead(413).end('too large');
  };
  adapter.use(refuse);
  adapter.initHttpServer();
  server = adapter.getHttpServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

describe('a request that is answered before it has arrived', () => {
  it('is read to its end, and the connection serves the next', async () => {
    const socket = connect(await listen(30_000), '127.0.0.1');
    let answers = '';
    socket.on('data', (chunk) => (answers += chunk.toString()));
    const head = 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3000000\r\n\r\n';
    socket.write(head);
    await once(socket, 'data');
    socket.write(Buffer.alloc(3_000_000));
    socket.write(head);
    while (answers.split('too large').length < 3) await once(socket, 'data');
    expect(answers.match(/HTTP\/1.1 413/g)).toHaveLength(2);
    socket.destroy();
  });

  it('is cut off when it goes on too long', async () => {
    const socket = connect(await listen(50), '127.0.0.1');
    const closed = new Promise((resolve) => {
      socket
        .on('error', () => undefined)
        .on('close', () => {
          resolve('cut off');
        });
    });
    socket.write('POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n');
    await once(socket, 'data');
    const sending = setInterval(() => socket.write('1\r\nx\r\n'), 20);
    expect(await closed).toBe('cut off');
    clearInterval(sending);
  });
});
