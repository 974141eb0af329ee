import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { BrokenTasks, isStorable } from './queue-faults.js';

const times = ['2024-01-01T00:00:00Z', '2024-01-01T01:00:00Z'];

/** A text that is cut between the two units of an emoji when it is cut at so many UTF-16 units. */
const cutAt = (units: number) => `${'x'.repeat(units - 1)}😀 and more`;

function csv(header: string, timeOf: (row: number) => string): string {
  const rows = times.map((_, row) => `${timeOf(row)},${10 + row},${12 + row},${9 + row},${11 + row},5`);
  return `${[header, ...rows].join('\n')}\n`;
}

function parquetWithNulNames(): Uint8Array {
  const price = times.map((_, row) => 10 + row);
  return new Uint8Array(
    parquetWriteBuffer({
      columnData: [
        { name: 'time\0', data: times.map((time) => new Date(time)), type: 'TIMESTAMP' },
        { name: 'op\0en', data: price, type: 'DOUBLE' },
        { name: 'hi\0', data: price, type: 'DOUBLE' },
      ],
    }),
  );
}

const files: readonly (readonly [string, string, string | Uint8Array])[] = [
  [
    'an emoji where the names of its columns are cut',
    'text/csv',
    csv(`${cutAt(500)},foo,bar,baz,qux,zip`, (row) => times[row]!),
  ],
  [
    'an emoji where a time that cannot be read is cut',
    'text/csv',
    // The message shows it in quotes, of which the first is one of the 80 units.
    csv('time,open,high,low,close,volume', () => cutAt(79)),
  ],
  ['NUL in its column names', 'application/vnd.apache.parquet', parquetWithNulNames()],
];

describe('an import whose report the database rejects', () => {
  let tasks: BrokenTasks;
  const ended = new Map<string, Awaited<ReturnType<BrokenTasks['task']>>>();

  const upload = async (n: number, type: string, body: string | Uint8Array): Promise<string> => {
    const { url, token } = tasks.user;
    const response = await fetch(`${url}/api/market-data/import?symbol=BROKEN${n}`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token!}`, 'Content-Type': type },
      body,
    });
    const answer = (await response.json()) as { import_id: string };
    expect([response.status, answer]).toEqual([202, answer]);
    return answer.import_id;
  };

  beforeAll(async () => {
    tasks = await BrokenTasks.open();
    const ids = new Map<string, string>();
    for (const [n, [name, type, body]] of files.entries()) ids.set(name, await upload(n, type, body));
    await Promise.all([...ids].map(async ([name, id]) => ended.set(name, await tasks.endOrLast(id))));
  }, 180_000);
  afterAll(() => tasks.close());

  test.each(files)('because of %s ends as failed with a readable message', async (name) => {
    const { status, error, task_id } = ended.get(name);
    expect({ name, status }).toEqual({ name, status: 'failed' });
    expect(error.message).toMatch(/[a-z]{3,}/);
    expect(isStorable(error.message as string)).toBe(true);
    const { status: answered } = await tasks.user.get(`/api/market-data/imports/${task_id}`);
    expect(answered).toBe(200);
  });

  test('leaves no reservation behind', async () => {
    expect(await tasks.reservedCores(0)).toBe(0);
  });

  test('does not come back with a restart', async () => {
    await tasks.server.signal('SIGKILL');
    await tasks.restart();
    for (const { task_id } of ended.values()) {
      expect(await tasks.task(task_id as string)).toMatchObject({ status: 'failed', attempt: 1 });
    }
    expect(await tasks.reservedCores(0)).toBe(0);
  }, 180_000);
});
