import { describe, expect, test } from '@jest/globals';
import { queueQuery } from '@app/contracts';
import { HttpProblem } from '../../problems/http-problem.js';
import { decodeQueueCursor, encodeQueueCursor, type QueueCursor } from './queue-cursor.js';

describe('the cursor of the queue', () => {
  const cursors: QueueCursor[] = [
    { running: 12, queued: { position: 200, taskId: 'a-task' } },
    { running: null, queued: { sequence: 2 ** 40 } },
    { running: 0, queued: null },
    { running: 1, queued: { position: 10_000, taskId: 'x'.repeat(64) } },
  ];

  test.each(cursors)('comes back as it was: %j', (cursor) => {
    const word = encodeQueueCursor(cursor);
    expect(decodeQueueCursor(word)).toEqual(cursor);
    expect(queueQuery.parse({ cursor: word })).toEqual({ cursor: word, limit: 200 });
  });

  test.each([
    'nonsense',
    '',
    ...[{}, { r: -1, q: null }, { r: 1.5, q: null }, { r: 1, q: [1, 2] }, { r: 1, q: ['a'] }, null].map(
      (value) => Buffer.from(JSON.stringify(value)).toString('base64url'),
    ),
  ])('is refused when no page gave it: %j', (word) => {
    expect(() => decodeQueueCursor(word)).toThrow(HttpProblem);
  });
});
