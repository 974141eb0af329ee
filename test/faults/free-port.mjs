import { createServer } from 'node:net';

/**
 * A port that nobody listens on, below the range that outgoing connections are given theirs from: a server
 * that is killed and started again finds it free.
 */
export async function freePort() {
  for (;;) {
    const port = 10_000 + Math.floor(Math.random() * 20_000);
    const isFree = await new Promise((resolve) => {
      const server = createServer();
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
    });
    if (isFree) return port;
  }
}
