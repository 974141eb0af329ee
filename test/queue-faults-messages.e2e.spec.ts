import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { BrokenTasks } from './queue-faults.js';

/** More invalid messages than an attempt may send. */
const tooMany = 20;
const messages = [
  'null',
  'a string',
  'a number',
  'an array',
  'an unknown type',
  'progress of the wrong types',
  'a failure without an error',
  'a huge text',
  'a deeply nested value',
];

describe('a task process that sends', () => {
  let tasks: BrokenTasks | null = null;
  beforeEach(async () => {
    // A server that a message has ended must not fail the tests after it.
    if (tasks !== null && !(await tasks.isUp())) {
      await tasks.close();
      tasks = null;
    }
    tasks ??= await BrokenTasks.open();
  }, 180_000);
  afterAll(() => tasks?.close());

  /** How a task ends that sends a message so many times, while another one runs. */
  async function send(order: { text: string; count: number; code?: number }) {
    const bystander = await tasks!.submit({ how: 'count', count: 10 });
    const sender = await tasks!.submit({ how: 'send', ...order });
    const ends = await Promise.all([sender, bystander].map((id) => tasks!.endOrLast(id))).catch(() => []);
    const isUp = await tasks!.isUp();
    expect({ isUp, log: isUp ? '' : tasks!.server.log.slice(-1000) }).toEqual({ isUp: true, log: '' });
    const [sent, stood] = ends;
    expect(stood).toMatchObject({ status: 'completed', attempt: 1 });
    expect(await tasks!.reservedCores(0)).toBe(0);
    return { status: sent.status, code: sent.error?.code ?? null, attempt: sent.attempt };
  }

  test.each(messages)(
    '%s once ends as it would have without',
    async (text) => {
      expect(await send({ text, count: 1 })).toEqual({ status: 'completed', code: null, attempt: 1 });
    },
    180_000,
  );

  test.each(messages)(
    '%s and then exits ends as CRASHED',
    async (text) => {
      const end = await send({ text, count: 1, code: 3 });
      expect(end).toEqual({ status: 'failed', code: 'CRASHED', attempt: 1 });
    },
    180_000,
  );

  test.each(['null', 'a string', 'progress of the wrong types'])(
    '%s again and again ends as PROTOCOL_ERROR',
    async (text) => {
      const end = await send({ text, count: tooMany });
      expect(end).toEqual({ status: 'failed', code: 'PROTOCOL_ERROR', attempt: 1 });
    },
    180_000,
  );
});
