import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { sql } from 'drizzle-orm';
import { openPostgres, type TestDatabase } from '../../../test/harness/databases.js';
import { readConfig } from '../../config/config.js';
import { TaskEvents, type StoredTaskEvent } from '../domain/task-events.js';
import { newTask } from './new-task.fixture.js';
import { TaskStore } from './task-store.js';

interface Node {
  readonly store: TaskStore;
  readonly sequences: number[];
  readonly remote: StoredTaskEvent[];
}

const noHook = () => Promise.resolve();

// Two nodes on an embedded store would be two processes on one folder, which the lock refuses.
const withServer = process.env.TEST_DATABASE_URL === undefined ? describe.skip : describe;

withServer('two nodes on PostgreSQL (set TEST_DATABASE_URL to run this)', () => {
  let opened: TestDatabase;
  beforeAll(async () => {
    opened = await openPostgres();
  });
  afterAll(() => opened.drop());
  beforeEach(() => opened.database.queries.execute(sql`truncate tasks, task_events, settings cascade`));

  async function node(nodeId: string): Promise<Node> {
    const events = new TaskEvents();
    const sequences: number[] = [];
    events.all$.subscribe((event) => {
      if ('sequence' in event) sequences.push(event.sequence);
    });
    const store = new TaskStore(opened.database, events, readConfig({ HEADROOM_NODE_ID: nodeId }));
    const remote: StoredTaskEvent[] = [];
    store.remoteEvents$.subscribe((missed) => remote.push(...missed));
    await store.begin();
    return { store, sequences, remote };
  }

  const submit = ({ store }: Node, taskId: string) => store.insert(newTask({ taskId }), null, noHook);

  test('publish every event of both, once each, in the order of the sequence', async () => {
    const [a, b] = [await node('a'), await node('b')];
    const both = Array.from({ length: 200 }, (_, n) => submit(n % 2 === 0 ? a : b, `t${n}`));
    await Promise.all(both);
    a.store.catchUp();
    b.store.catchUp();
    await Promise.all([submit(a, 'last-a'), submit(b, 'last-b')]);
    a.store.catchUp();
    b.store.catchUp();
    await a.store.describe([]);
    await b.store.describe([]);
    for (const { sequences } of [a, b]) {
      expect(sequences).toHaveLength(202);
      expect(sequences).toEqual([...new Set(sequences)].sort((x, y) => x - y));
    }
    expect(a.remote).toHaveLength(101);
  });

  test('of two that claim a task at once one gets it', async () => {
    const [a, b] = [await node('a'), await node('b')];
    const task = await submit(a, 't1');
    const claims = await Promise.all([
      a.store.apply(task, task.claim('a')),
      b.store.apply(task, task.claim('b')),
    ]);
    expect(claims.filter((claim) => claim !== null)).toHaveLength(1);
  });
});
