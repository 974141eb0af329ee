import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { sql } from 'drizzle-orm';
import { stores, type TestDatabase } from '../../test/harness/databases.js';
import { Database } from './database.js';
import { settings } from './schema.js';
import { EngineLostError, openPgliteEngine, type ProtocolEngine, type Session } from './pglite-engine.js';

describe.each(stores)('transactions on %s', (_, open) => {
  let store: TestDatabase;
  beforeEach(async () => {
    store = await open();
    await store.database.queries.delete(settings);
  });
  afterEach(() => store.drop());

  test('are not disturbed by the maintenance of the database', async () => {
    const { database } = store;
    const maintenance: Promise<void>[] = [];
    await database.queries.transaction(async (queries) => {
      await queries.execute(sql`insert into settings values ('one', '1')`);
      maintenance.push(database.runMaintenance());
      await queries.execute(sql`insert into settings values ('two', '2')`);
    });
    await Promise.all(maintenance);
    const { rows } = await database.queries.execute(sql`select key from settings order by key`);
    expect(rows).toEqual([{ key: 'one' }, { key: 'two' }]);
  });

  test('tell the error that ended them', async () => {
    const { database } = store;
    const failing = database.queries.transaction(async (queries) => {
      await queries.execute(sql`insert into settings values ('one', '1')`);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    const { rows } = await database.queries.execute(sql`select key from settings`);
    expect(rows).toEqual([]);
  });

  test('that are refused leave the next prepared query as it was', async () => {
    const { queries } = store.database;
    const named = () => queries.select().from(settings).prepare('named_by_this_test').execute();
    expect(await named()).toEqual([]);
    await expect(queries.transaction(() => Promise.reject(new Error('refused')))).rejects.toThrow('refused');
    expect(await named()).toEqual([]);
  });
});

describe('the maintenance of the embedded store', () => {
  test('waits until something was written', async () => {
    const database = await Database.embedded(await openPgliteEngine('memory://'));
    await database.queries.execute(sql`insert into settings values ('one', '1')`);
    expect(await database.maintainIfWritten()).toBe(false);
    const row = sql`select 'n' || n, to_jsonb(repeat('x', 1000)) from generate_series(1, 2000) n`;
    await database.queries.execute(sql`insert into settings ${row}`);
    expect(await database.maintainIfWritten()).toBe(true);
    expect(await database.maintainIfWritten()).toBe(false);
    await database.close();
  }, 60_000);
});

describe('the engine of the embedded store', () => {
  const ask = async (exec: Session, text: string) => exec(queryMessage(text));

  test('keeps nothing of what it has answered', async () => {
    const engine = await openPgliteEngine('memory://');
    const exec = engine.connect();
    const heapAfter = async (queries: number) => {
      for (let n = 0; n < queries; n += 1) await ask(exec, 'select * from nothing_of_the_kind');
      collectGarbage();
      return process.memoryUsage().heapUsed;
    };
    const before = await heapAfter(500);
    // An error that was kept took 1,250 bytes, 5 MB in all.
    expect(((await heapAfter(4000)) - before) / 2 ** 20).toBeLessThan(2);
    await engine.close();
  }, 60_000);

  test('gives a long answer whole, whatever is asked after it', async () => {
    const engine = await openPgliteEngine('memory://');
    const exec = engine.connect();
    const rows = 50_000;
    const answer = await ask(exec, `select i from generate_series(1, ${rows}) i`);
    await ask(exec, `select 'x' from generate_series(1, ${rows})`);
    const values: string[] = [];
    const view = new DataView(answer.buffer, answer.byteOffset, answer.byteLength);
    for (let at = 0; at < answer.length; at += 1 + view.getInt32(at + 1)) {
      // DataRow: type, length, count of columns, length of the first one.
      if (answer[at] !== 'D'.charCodeAt(0)) continue;
      values.push(Buffer.from(answer.subarray(at + 11, at + 11 + view.getInt32(at + 7))).toString());
    }
    expect(values).toHaveLength(rows);
    expect(values.at(0)).toBe('1');
    expect(values.at(-1)).toBe(String(rows));
    await engine.close();
  }, 60_000);
});

describe('a session of the embedded store that takes the place of a broken one', () => {
  test('finds neither its transaction nor its prepared queries', async () => {
    const engine = await openPgliteEngine('memory://');
    let breaksNext = false;
    const database = await Database.embedded({
      connect: () => {
        const exec = engine.connect();
        return async (message) => {
          if (!breaksNext) return exec(message);
          breaksNext = false;
          throw new Error('broken');
        };
      },
      close: () => engine.close(),
    });
    await database.queries.delete(settings);
    const named = () => database.queries.select().from(settings).prepare('named_by_this_test').execute();
    expect(await named()).toEqual([]);
    const half = database.queries.transaction(async (queries) => {
      await queries.execute(sql`insert into settings values ('one', '1')`);
      breaksNext = true;
      await queries.execute(sql`insert into settings values ('two', '2')`);
    });
    await expect(half).rejects.toThrow();
    expect(await named()).toEqual([]);
    await database.close();
  });
});

describe('a database whose engine is lost', () => {
  test('answers with what ended it, and again once there is another engine', async () => {
    const engine = await openPgliteEngine('memory://');
    const full = new EngineLostError('No space left on device', '53100');
    let isLost = false;
    const lostEngine: ProtocolEngine = {
      connect: () => {
        const exec = engine.connect();
        return (message) => (isLost ? Promise.reject(full) : exec(message));
      },
      close: () => engine.close(),
    };
    const database = await Database.embedded(lostEngine);
    const count = async () => {
      const write = sql`insert into settings values ('count', '1')
        on conflict (key) do update set value = to_jsonb((settings.value)::int + 1) returning value`;
      const { rows } = await database.queries.transaction((queries) => queries.execute(write));
      return rows[0]!.value;
    };
    expect(await count()).toBe(1);
    isLost = true;
    // The first to find out is the transaction's own beginning; none of them keeps the one session.
    for (let tries = 0; tries < 3; tries += 1) {
      const why = await count().catch((error: unknown) => error as Error);
      expect([why, (why as Error).cause]).toContain(full);
    }
    isLost = false;
    expect(await count()).toBe(2);
    await database.close();
  });
});

/** A simple query in PostgreSQL's wire protocol. */
function queryMessage(text: string): Uint8Array {
  const words = new TextEncoder().encode(`${text}\0`);
  const message = new Uint8Array(5 + words.length);
  message[0] = 'Q'.charCodeAt(0);
  new DataView(message.buffer).setInt32(1, 4 + words.length);
  message.set(words, 5);
  return message;
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}
