import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { sql } from 'drizzle-orm';
import { stores, type TestDatabase } from '../../../test/harness/databases.js';
import { NodeTable, type OwnNode } from './node-table.js';

function own(fields: Partial<OwnNode> = {}): OwnNode {
  return {
    nodeId: 'one',
    instance: 'first',
    role: 'all',
    version: '1.0.0',
    host: 'machine',
    startedAt: new Date('2024-01-15T10:30:00.000Z'),
    resources: {} as OwnNode['resources'],
    waiting: [],
    ...fields,
  };
}

describe.each(stores)('the table of nodes on %s', (_name, open) => {
  let opened: TestDatabase;
  let table: NodeTable;
  beforeAll(async () => {
    opened = await open();
    table = new NodeTable(opened.database);
  });
  afterAll(() => opened.drop());
  beforeEach(() => opened.database.queries.execute(sql`truncate nodes`));

  const age = (nodeId: string, interval: string) =>
    opened.database.queries.execute(
      sql`update nodes set last_seen_at = now() - ${interval}::interval where node_id = ${nodeId}`,
    );
  const othersOf = async (nodeId: string) => (await table.others(nodeId)).map((row) => row.nodeId).sort();

  test('has the other nodes that are alive', async () => {
    for (const nodeId of ['one', 'two', 'three']) await table.join(own({ nodeId }));
    await age('three', '1 minute');
    expect(await othersOf('one')).toEqual(['two']);
  });

  test('lets a node renew its row, also after a pause, and replaces one that is gone', async () => {
    await table.join(own());
    expect(await table.renew(own({ role: 'worker' }))).toBe(true);
    expect(await table.renew(own({ instance: 'second' }))).toBe(false);
    await age('one', '1 minute');
    expect(await table.renew(own({ instance: 'second' }))).toBe(true);
    expect(await table.renew(own())).toBe(false);
  });

  test('lets a node take its name over when it joins', async () => {
    await table.join(own());
    await table.join(own({ instance: 'second' }));
    expect(await table.renew(own())).toBe(false);
    expect(await table.renew(own({ instance: 'second' }))).toBe(true);
  });

  test('lets a node remove its own row, and not that of its successor', async () => {
    await table.join(own({ instance: 'second' }));
    await table.leave(own());
    expect(await othersOf('two')).toEqual(['one']);
    await table.leave(own({ instance: 'second' }));
    expect(await othersOf('two')).toEqual([]);
  });

  test('forgets nodes that were not seen for a day', async () => {
    for (const nodeId of ['one', 'two']) await table.join(own({ nodeId }));
    await age('one', '25 hours');
    await table.removeStale();
    const { rows } = await opened.database.queries.execute<{ node_id: string }>(
      sql`select node_id from nodes`,
    );
    expect(rows).toEqual([{ node_id: 'two' }]);
  });
});
