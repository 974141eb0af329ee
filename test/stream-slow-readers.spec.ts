import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { stores } from './harness/databases.js';
import { patienceMs, StreamServer } from './harness/stream-server.js';
import { StreamSocket } from './harness/stream-socket.js';
import { waitFor } from '../tools/test-kit/index.js';

jest.setTimeout(2 * patienceMs);
const [, openEmbedded] = stores[0]!;

describe('clients that do not read', () => {
  let server: StreamServer;

  beforeAll(async () => {
    server = await StreamServer.start(openEmbedded);
  });
  afterAll(() => server.stop());

  test('two hundred of them are cut off in bounded memory, and who reads loses nothing', async () => {
    const { admin } = server;
    const sessions = await Promise.all(
      Array.from({ length: 20 }, (_, n) => server.user(`silent-${n}`, 'admin')),
    );
    const silent = sessions.flatMap(({ token }) =>
      Array.from({ length: 10 }, () => StreamSocket.silent(server.url, { token })),
    );
    const reader = await server.open({ token: admin.token });
    await waitFor(() => server.streams.count === silent.length + 1, patienceMs);
    // Each client's share is 20 MB, and so without a bound together 4 GB.
    const rounds = 100;
    const perRound = 100;
    const words = 'x'.repeat(2000);
    const before = process.memoryUsage.rss();
    let most = 0;
    const first = (await server.store.lastSequence()) + 1;
    for (let round = 0; round < rounds; round += 1) {
      for (let n = 0; n < perRound; n += 1) {
        const sequence = first + round * perRound + n;
        server.events.publish({
          type: 'task_completed',
          sequence,
          at: new Date(),
          userId: admin.userId,
          data: { task_id: `task-${sequence}`, description: words, success: true } as never,
        });
      }
      const last = first + (round + 1) * perRound - 1;
      await reader.when(() => Number(reader.lastEventId!.split('-')[1]) === last);
      most = Math.max(most, process.memoryUsage.rss() - before);
    }
    await waitFor(() => server.streams.count === 1, patienceMs);
    const told = reader.messages.filter(({ message }) => message.type === 'task_completed');
    expect(told.map(({ id }) => Number(id!.split('-')[1]))).toEqual(
      Array.from({ length: rounds * perRound }, (_, n) => first + n),
    );
    // The reader of this test keeps its own 25 MB, and the collector is not hurried.
    expect(most).toBeLessThan(300e6);
    await reader.drop();
    for (const stream of silent) await stream.drop();
  });

  test('one that was cut off comes back with its last id and misses nothing', async () => {
    const session = await server.user('sleepy');
    const first = StreamSocket.silent(server.url, { token: session.token });
    await waitFor(() => server.streams.count === 1, patienceMs);
    const words = '💤'.repeat(4000);
    const ids: string[] = [];
    while (server.streams.count > 0 && ids.length < 2000) {
      const tasks = await Promise.all(Array.from({ length: 50 }, () => server.queued(session.userId, words)));
      ids.push(...tasks.map(({ id }) => id));
      await delay(30);
    }
    expect(server.streams.count).toBe(0);
    first.read();
    await first.ended;
    expect(first.messages.length).toBeLessThan(ids.length);

    const second = server.stream({ token: session.token, lastEventId: first.lastEventId });
    const last = ids.at(-1)!;
    await second.until(({ message }) => message.data?.task_id === last);
    const told = [...first.messages, ...second.messages].filter(
      ({ message }) => message.type === 'task_queued',
    );
    expect(told.map(({ message }) => message.data.task_id)).toEqual(
      (await server.store.eventsAfter({ after: 0, userId: session.userId, limit: 10_000 })).map(
        ({ data }) => data.task_id,
      ),
    );
    await second.drop();
  });
});
