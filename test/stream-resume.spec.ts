import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { EventSource } from 'eventsource';
import { SeededRandom } from '../tools/test-kit/index.js';
import { stateEventData, type StoredTaskEvent } from '../src/queue/domain/task-events.js';
import { viewFor } from '../src/queue/domain/task-view.js';
import { stores } from './harness/databases.js';
import { patienceMs, StreamServer, type Session } from './harness/stream-server.js';
import type { StreamMessage, StreamSocket } from './harness/stream-socket.js';

jest.setTimeout(2 * patienceMs);

/** A thousand altogether. */
const disconnects = 1000 / stores.length;
const sequenceIn = (id: string | undefined) => Number(id?.split('-')[1] ?? -1);
const sequenceOf = ({ id }: StreamMessage) => sequenceIn(id!);
const hasPlace = ({ message }: StreamMessage) =>
  !['initial_state', 'heartbeat', 'queue_positions', 'queue_state'].includes(message.type as string);
const nasty = [
  'carriage\rreturn',
  'line\nfeed',
  'both\r\n\r\ndata: {"type":"forged"}\n\n',
  'line\u2028and\u2029paragraph',
  '📊 Backtesting day 15 of 30… 👩🏽‍🚀',
  'a "quoted" \\ backslash \u0085 \u0001',
];

/** The data of a stored event as the user of its task gets it. */
function asUsersSee({ type, data }: StoredTaskEvent): object {
  if (type === 'task_description_update') return data;
  const resultUrl = type === 'task_completed' ? `/api/backtests/${data.task_id}` : null;
  return stateEventData(type, viewFor({ isAdmin: false }, data, resultUrl));
}

describe.each(stores)('resuming an event stream on %s', (_store, openStore) => {
  let server: StreamServer;
  let alice: Session;
  let bob: Session;

  beforeAll(async () => {
    server = await StreamServer.start(openStore);
    alice = await server.user('alice');
    bob = await server.user('bob');
  });
  afterAll(() => server.stop());

  async function oneLife(userId: string, words: readonly string[] = []): Promise<string> {
    const running = await server.started(await server.queued(userId, words[0]));
    if (words.length > 0) await server.says(running, ...words);
    await server.completed(running);
    return running.id;
  }

  async function caughtUp(stream: StreamSocket, taskId: string): Promise<void> {
    await stream.until(({ message }) => message.type === 'task_completed' && message.data.task_id === taskId);
  }

  /** One change of state or word after another: each `next()` is stored when it is answered. */
  async function* lives(userId: string): AsyncGenerator<void> {
    for (let n = 0; ; n += 1) {
      const queued = await server.queued(userId, nasty[n % nasty.length]);
      yield;
      const running = await server.started(queued);
      yield;
      await server.says(running, nasty[n % nasty.length]!, `day ${n}`);
      yield;
      await server.completed(running);
      yield;
    }
  }

  test(`tells everything once and in order over ${disconnects} disconnects at random bytes`, async () => {
    const random = new SeededRandom(20_261);
    const ofAlice = lives(alice.userId);
    const ofBob = lives(bob.userId);
    const received: StreamMessage[] = [];
    let lastEventId: string | undefined;
    const keep = (stream: StreamSocket) => {
      received.push(...stream.messages.filter((message) => message.id !== null));
      lastEventId = stream.lastEventId ?? lastEventId;
    };
    let lastOfAlice = 0;
    const telling = server.events.all$.subscribe((event) => {
      if ('userId' in event && event.userId === alice.userId) lastOfAlice = event.sequence;
    });
    for (let connection = 0; connection < disconnects; connection += 1) {
      // The shortest end before their headers are over, the longest after a few events.
      const stopAfterBytes = 1 + Math.floor(random.uniform() ** 2 * 3000);
      const stream = server.stream({ token: alice.token, lastEventId, stopAfterBytes });
      const hasCaughtUp = () => sequenceIn(stream.lastEventId ?? lastEventId) >= lastOfAlice;
      // Things happen from its first moment on, and again whenever it has been told all and has not enough.
      while (!stream.isEnded) {
        await (random.chance(0.7) ? ofAlice : ofBob).next();
        await stream.when(() => stream.isEnded || hasCaughtUp());
      }
      keep(stream);
    }
    // A life is four steps: what was begun here is ended, for the tests that follow.
    for (const unfinished of await server.store.unfinished(null)) {
      const running = unfinished.row.status === 'queued' ? await server.started(unfinished) : unfinished;
      await server.completed(running);
    }
    const last = server.stream({ token: alice.token, lastEventId });
    await caughtUp(last, await oneLife(alice.userId));
    await last.drop();
    keep(last);
    telling.unsubscribe();

    expect(received.filter(({ message }) => message.type === 'initial_state')).toHaveLength(1);
    const after = sequenceOf(received[0]!);
    const stored = await server.store.eventsAfter({ after, userId: alice.userId, limit: 100_000 });
    expect(stored.length).toBeGreaterThan(disconnects / 3);
    // A word on progress gives way to the next one on the same task where both had to wait; nothing else may be missing.
    const told = new Set(received.map(sequenceOf));
    const expected = stored.filter((event, n) => {
      const next = stored.slice(n + 1).find(({ data }) => data.task_id === event.data.task_id);
      const hasNewerWord = [event, next].every((one) => one?.type === 'task_description_update');
      return told.has(event.sequence) || !hasNewerWord;
    });
    expect(received.slice(1).map(sequenceOf)).toEqual(expected.map(({ sequence }) => sequence));
    expect(received.slice(1).map(({ message }) => message.data)).toEqual(expected.map(asUsersSee));
  });

  test.each([
    ['another epoch', (id: string) => `other-${id.split('-')[1]!}`],
    ['the future', (id: string) => `${id.split('-')[0]!}-999999999`],
    ['no number', (id: string) => `${id.split('-')[0]!}-1e3`],
    ['a negative number', (id: string) => `${id.split('-')[0]!}--1`],
    ['too many digits', (id: string) => `${id.split('-')[0]!}-${'9'.repeat(400)}`],
    ['nonsense', () => '🦖'],
    ['an empty id', () => ''],
    ['kilobytes', () => 'x'.repeat(8000)],
  ])('begins anew for an id of %s', async (_name, idOf) => {
    await oneLife(alice.userId);
    const first = await server.open({ token: alice.token });
    const again = await server.open({
      token: alice.token,
      lastEventId: Buffer.from(idOf(first.lastEventId!)).toString('latin1'),
    });
    expect(again.messages[0]!.message).toMatchObject({
      type: 'initial_state',
      data: { resumed: false, queued_count: 0 },
    });
    await Promise.all([first.drop(), again.drop()]);
  });

  test('says what has happened since an id, and not the state again', async () => {
    const before = await server.open({ token: alice.token });
    await before.drop();
    const taskId = await oneLife(alice.userId, nasty);
    const after = server.stream({ token: alice.token, lastEventId: before.lastEventId });
    await caughtUp(after, taskId);
    expect(after.messages.map(({ message }) => message.type)).toEqual([
      'task_queued',
      'task_running',
      ...nasty.map(() => 'task_description_update'),
      'task_completed',
    ]);
    await after.drop();
  });

  test('carries any description as it is, live and replayed, each message on one line', async () => {
    const live = await server.open({ token: alice.token });
    const taskId = await oneLife(alice.userId, nasty);
    await caughtUp(live, taskId);
    const replayed = server.stream({ token: alice.token, lastEventId: live.messages[0]!.id! });
    await caughtUp(replayed, taskId);
    const parsed: string[] = [];
    const source = new EventSource(`${server.url}/api/system/task-events`, {
      fetch: (url, init) =>
        fetch(url, {
          ...init,
          headers: { Authorization: `Bearer ${alice.token}`, 'Last-Event-ID': live.messages[0]!.id! },
        }),
    });
    await new Promise<void>((resolve) => {
      source.onmessage = ({ data }) => {
        const { type, data: task } = JSON.parse(data as string);
        if (type === 'task_description_update') parsed.push(task.description as string);
        if (type === 'task_completed') resolve();
      };
    });
    source.close();
    expect(parsed).toEqual(nasty);
    for (const stream of [live, replayed]) {
      const said = stream.messages.filter(({ message }) => message.type === 'task_description_update');
      expect(said.map(({ message }) => message.data.description)).toEqual(nasty);
      for (const line of stream.text.split(/\r\n|\r|\n/))
        expect(line).toMatch(/^(|retry: 3000|id: .+|data: .+)$/s);
      await stream.drop();
    }
  });

  test('never lets a byte of one user reach another, live, in snapshots and replayed', async () => {
    const { admin } = server;
    const people = { alice, bob };
    const open = (lastEventIds: Record<string, string | undefined> = {}) =>
      Promise.all([
        server.open({ token: alice.token, lastEventId: lastEventIds.alice }),
        server.open({ token: bob.token, lastEventId: lastEventIds.bob }),
        server.open({ token: admin.token, lastEventId: lastEventIds.admin }),
      ]);
    const waiting = {
      alice: await server.queued(alice.userId, 'marker-of-alice waits'),
      bob: await server.queued(bob.userId, 'marker-of-bob waits'),
    };
    const live = await open();
    const taskIds: Record<'alice' | 'bob', string[]> = { alice: [waiting.alice.id], bob: [waiting.bob.id] };
    await Promise.all(
      Array.from({ length: 40 }, async (_, n) => {
        const name = n % 2 === 0 ? 'alice' : 'bob';
        taskIds[name].push(await oneLife(people[name].userId, [`marker-of-${name} ${n}`]));
      }),
    );
    await server.completed(await server.started(waiting.bob));
    await server.completed(await server.started(waiting.alice));
    const isLast = (id: string) => (message: StreamMessage) =>
      message.message.type === 'task_completed' && message.message.data.task_id === id;
    await live[0].until(isLast(waiting.alice.id));
    await live[1].until(isLast(waiting.bob.id));
    await live[2].until(isLast(waiting.alice.id));
    const ids = {
      alice: live[0].messages[0]!.id!,
      bob: live[1].messages[0]!.id!,
      admin: live[2].messages[0]!.id!,
    };
    const replayed = await open(ids);
    await replayed[0].until(isLast(waiting.alice.id));
    await replayed[1].until(isLast(waiting.bob.id));
    await replayed[2].until(isLast(waiting.alice.id));

    const of = (name: 'alice' | 'bob') => [people[name].userId, `marker-of-${name}`, ...taskIds[name]];
    for (const [ofAlice, ofBob, ofAdmin] of [live, replayed]) {
      for (const secret of [...of('bob'), '"resources"']) expect(ofAlice.text.includes(secret)).toBe(false);
      for (const secret of [...of('alice'), '"resources"']) expect(ofBob.text.includes(secret)).toBe(false);
      for (const own of of('alice')) expect(ofAlice.text.includes(own)).toBe(true);
      for (const own of of('bob')) expect(ofBob.text.includes(own)).toBe(true);
      for (const any of [...of('alice'), ...of('bob')]) expect(ofAdmin.text.includes(any)).toBe(true);
      for (const { message } of ofAdmin.messages) expect(message.resources).toBeDefined();
    }
    for (const stream of [...live, ...replayed]) await stream.drop();
  });

  test('replays under the role that the caller has now', async () => {
    const { admin } = server;
    const carol = await server.user('carol', 'admin');
    const stream = await server.open({ token: carol.token });
    const seen = await oneLife(alice.userId, ['marker-of-alice while carol was an admin']);
    await caughtUp(stream, seen);
    const before = stream.messages[0]!.id!;

    const demoted = await server.call('PATCH', `/users/${carol.userId}`, admin.token, { role: 'user' });
    expect(demoted.status).toBe(200);
    await stream.ended;
    await oneLife(alice.userId, ['marker-of-alice after that']);
    const own = await oneLife(carol.userId);
    const after = server.stream({ token: carol.token, lastEventId: before });
    await caughtUp(after, own);
    for (const secret of [alice.userId, 'marker-of-alice', seen, '"resources"'])
      expect(after.text.includes(secret)).toBe(false);

    await server.call('PATCH', `/users/${carol.userId}`, admin.token, { role: 'admin' });
    await after.ended;
    const again = server.stream({ token: carol.token, lastEventId: before });
    await caughtUp(again, own);
    expect(again.text.includes(seen)).toBe(true);
    await again.drop();
  });

  test('loses and doubles nothing that happens while the state is read', async () => {
    for (let round = 0; round < 20; round += 1) {
      const task = await server.queued(alice.userId);
      const [stream] = await Promise.all([
        server.open({ token: alice.token }),
        server.started(task).then((running) => server.completed(running)),
      ]);
      await stream.when(() => {
        const [initial, ...later] = stream.messages;
        const known = [...initial!.message.data.recent_tasks].some(
          ({ task_id }: { task_id: string }) => task_id === task.id,
        );
        return known || later.some(({ message }) => message.type === 'task_completed');
      });
      const [initial, ...later] = stream.messages.filter(({ id }) => id !== null);
      const { running_tasks, queued_tasks, recent_tasks } = initial!.message.data;
      const first = [...queued_tasks, ...running_tasks, ...recent_tasks].find(
        ({ task_id }: { task_id: string }) => task_id === task.id,
      );
      const steps = ['queued', 'running', 'completed'];
      const told = later.filter(hasPlace).map(({ message }) => message.data.status as string);
      expect([first.status, ...told]).toEqual(steps.slice(steps.indexOf(first.status as string)));
      await stream.drop();
    }
  });
});
