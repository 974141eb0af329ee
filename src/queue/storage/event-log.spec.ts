import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { sql } from 'drizzle-orm';
import { stores, type TestDatabase } from '../../../test/harness/databases.js';
import { locks } from '../../database/database.js';
import { TaskEvents, type StoredTaskEvent } from '../domain/task-events.js';
import { EventLog } from './event-log.js';
import { TaskReads, type EventRange } from './task-reads.js';
import type { EventDraft } from './task-writes.js';

class ReadsThatMayFail extends TaskReads {
  isAway = false;

  override eventsAfter(range: EventRange): Promise<StoredTaskEvent[]> {
    return this.isAway ? Promise.reject(new Error('away')) : super.eventsAfter(range);
  }
}

const draft = (description: string): EventDraft => ({
  type: 'task_description_update',
  taskId: `task ${description}`,
  userId: `user ${description}`,
  data: { description },
});

const wordOf = (event: unknown) => (event as { data: { description: string } }).data.description;

describe.each(stores)('the log of events on %s', (_, open) => {
  let opened: TestDatabase;
  beforeAll(async () => {
    opened = await open();
  });
  afterAll(() => opened.drop());
  beforeEach(() => opened.database.queries.execute(sql`truncate task_events`));

  /** The log of one process, and what it has published. */
  function logOf(nodeId: string) {
    const reads = new ReadsThatMayFail(opened.database.queries);
    const events = new TaskEvents();
    const log = new EventLog(opened.database, reads, events, nodeId);
    const published: string[] = [];
    const local: string[] = [];
    const remote: string[] = [];
    events.all$.subscribe((event) => published.push(wordOf(event)));
    log.localEvents$.subscribe((stored) => local.push(...stored.map(wordOf)));
    log.remoteEvents$.subscribe((stored) => remote.push(...stored.map(wordOf)));
    const store = (...words: string[]) =>
      opened.database.transactionAlone(locks.events, (queries) => log.store(queries, words.map(draft)));
    return { log, reads, published, local, remote, store };
  }

  /** Another process has stored so many events, named by their number. */
  async function storedElsewhere(count: number): Promise<void> {
    await opened.database.queries.execute(sql`
      insert into task_events (at, type, task_id, user_id, data)
        select now(), 'task_description_update', 't', 'u', jsonb_build_object('description', n::text)
          from generate_series(1, ${count}::int) n order by n`);
  }

  test('stores events in the order given, with the time of the database', async () => {
    const { reads, store } = logOf('a');
    const words = Array.from({ length: 12 }, (_, n) => `${n} "quoted"`);
    const stored = await store(...words);
    expect(await reads.eventsAfter({ after: 0, userId: null, limit: 100 })).toEqual(stored);
    expect(stored.map(wordOf)).toEqual(words);
    const first = stored[0]!.sequence;
    expect(stored.map(({ sequence }) => sequence)).toEqual(words.map((_, n) => first + n));
    expect(new Set(stored.map(({ at }) => at.getTime())).size).toBe(1);
    expect(stored[1]!.userId).toBe(`user ${words[1]}`);
    expect(await store()).toEqual([]);
  });

  test('publishes nothing that was stored before it began', async () => {
    const before = logOf('a');
    await before.store('old');
    const { log, published, store } = logOf('a');
    expect(await log.publishMissed()).toBe(true);
    await log.begin();
    await log.publishMissed();
    await log.publish(await store('new'));
    expect(published).toEqual(['new']);
  });

  test('publishes what others have stored before, but not as its own', async () => {
    const [one, two] = [logOf('a'), logOf('b')];
    await one.log.begin();
    await two.store('x', 'y');
    const own = await one.store('z');
    await two.store('later');
    await one.log.publish(own);
    expect([one.published, one.local, one.remote]).toEqual([['x', 'y', 'z'], ['z'], ['x', 'y']]);
    await one.log.publishMissed();
    await one.log.publishMissed();
    expect(one.published).toEqual(['x', 'y', 'z', 'later']);
    expect(one.remote).toEqual(['x', 'y', 'later']);
  });

  test('goes on behind numbers that an undone transaction has used up', async () => {
    const { log, published, remote, store } = logOf('a');
    await log.begin();
    await log.publish(await store('x'));
    const undone = opened.database.transactionAlone(locks.events, async (queries) => {
      await log.store(queries, [draft('undone')]);
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    await log.publish(await store('y'));
    expect([published, remote]).toEqual([['x', 'y'], []]);
  });

  test('catches up with thousands of events, each once and in order', async () => {
    const { log, published, remote } = logOf('a');
    await log.begin();
    await storedElsewhere(2000);
    expect(await log.publishMissed()).toBe(true);
    const all = Array.from({ length: 2000 }, (_, n) => String(n + 1));
    expect(published).toEqual(all);
    expect(remote).toEqual(all);
  });

  test('catches up to a number and no further', async () => {
    const { log, published, reads } = logOf('a');
    await log.begin();
    await storedElsewhere(3);
    const first = (await reads.firstSequence())!;
    await log.publishMissed(first + 1);
    expect(published).toEqual(['1', '2']);
    await log.publishMissed(first - 1);
    expect(published).toEqual(['1', '2']);
    await log.publishMissed();
    expect(published).toEqual(['1', '2', '3']);
  });

  test('publishes its own events no earlier than those before them that cannot be read now', async () => {
    const [one, two] = [logOf('a'), logOf('b')];
    await one.log.begin();
    await two.store('x');
    one.reads.isAway = true;
    await one.log.publish(await one.store('y'));
    expect(await one.log.publishMissed()).toBe(false);
    expect([one.published, one.local]).toEqual([[], ['y']]);
    one.reads.isAway = false;
    await one.log.publish(await one.store('z'));
    expect([one.published, one.local]).toEqual([
      ['x', 'y', 'z'],
      ['y', 'z'],
    ]);
  });

  test('reads nothing from the database while no other node stores events', async () => {
    const { log, published, reads, store } = logOf('a');
    await log.begin();
    await log.publish(await store('w'));
    reads.isAway = true;
    for (const words of [['x', 'y'], [], ['z']]) await log.publish(await store(...words));
    expect(published).toEqual(['w', 'x', 'y', 'z']);
  });
});
