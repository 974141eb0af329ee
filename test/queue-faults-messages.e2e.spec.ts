import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { BrokenTasks } from './queue-faults.js';

/** More invalid messages than an attempt may send. */
const tooMany = 20;

describe('a task process that sends', () => {
  let tasks: BrokenTasks;
  beforeEach(async () => {
    // A server of its own for each: a server that a message ends must not fail the other tests.
    tasks = await BrokenTasks.open();
  }, 180_000);
  afterEach(() => tasks.close());

  /** How a task ends that sends a message so many times, while another one runs. */
  async function send(text: string, count: number) {
    const bystander = await tasks.submit({ how: 'count', count: 20 });
    const sender = await tasks.submit({ how: 'send', text, count });
    const ends = await Promise.all([sender, bystander].map((id) => tasks.endOrLast(id))).catch(() => []);
    expect({ hasServerEnded: tasks.server.hasEnded }).toEqual({ hasServerEnded: false });
    const [sent, stood] = ends;
    expect(stood).toMatchObject({ status: 'completed', attempt: 1 });
    expect(await tasks.reservedCores(0)).toBe(0);
    return { status: sent.status, code: sent.error?.code ?? null, attempt: sent.attempt };
  }

  test.each([
    'null',
    'a string',
    'a number',
    'an array',
    'an unknown type',
    'progress of the wrong types',
    'a failure without an error',
    'a huge text',
    'a deeply nested value',
  ])(
    '%s once ends as it would have without',
    async (text) => {
      expect(await send(text, 1)).toEqual({ status: 'completed', code: null, attempt: 1 });
    },
    180_000,
  );

  test.each(['null', 'a string', 'progress of the wrong types'])(
    '%s again and again ends as PROTOCOL_ERROR',
    async (text) => {
      expect(await send(text, tooMany)).toEqual({ status: 'failed', code: 'PROTOCOL_ERROR', attempt: 1 });
    },
    180_000,
  );
});
