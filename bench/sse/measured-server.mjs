// What the three servers under measurement have in common: orders from the bench, answers with CPU and memory.
import { setTimeout as delay } from 'node:timers/promises';
import { owners } from './population.mjs';

/**
 * @param server {url, tokens?: string[], publish(number, ownerIndex): void, close(): Promise<void>}
 *   `tokens` are by user; a server that asks for none has none.
 */
export function obey(server) {
  const orders = {
    ready: () => ({ url: server.url, tokens: server.tokens ?? null }),
    memory: async () => {
      for (let i = 0; i < 3; i += 1) {
        globalThis.gc();
        await delay(100);
      }
      return process.memoryUsage.rss();
    },
    cpu: () => cpuMicros(),
    publish: async ({ events, intervalMs, connections, first }) => {
      const all = owners(connections);
      const startedAt = performance.now();
      for (let n = 0; n < events; n += 1) {
        // By the clock, so that a late timer sends what it owes.
        const waitMs = startedAt + n * intervalMs - performance.now();
        if (waitMs >= 1) await delay(waitMs);
        server.publish(first + n, all[(first + n) % all.length]);
      }
    },
    close: async () => {
      await server.close();
      process.exit(0);
    },
  };
  process.on('message', ({ id, order, ...rest }) => {
    void Promise.resolve(orders[order](rest)).then((answer) => process.send?.({ id, answer }));
  });
  process.on('disconnect', () => process.exit(0));
  process.send({ id: 0, answer: null });
}

function cpuMicros() {
  const { user, system } = process.cpuUsage();
  return user + system;
}
