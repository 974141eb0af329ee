import { describe, expect, test } from '@jest/globals';
import { ManualClock } from '../../clock/manual-clock.fixture.js';
import { isAlive, order, start } from './task-process.fixture.js';

describe('a task process that ends by itself', () => {
  test('is given its order and ends as done with its summary and use', async () => {
    const run = start(`hear('run').then(async ({ type, ...order }) => {
      await say({ type: 'progress', description: 'half', progress: 0.5 });
      console.log('out'); console.error('err');
      await say({ type: 'done', summary: order, use });
      process.exit(0);
    })`);
    const { entry, memoryLimitMb: _, ...rest } = order;
    expect(run.process.isAlive()).toBe(true);
    expect(await run.process.ended).toEqual({
      type: 'done',
      summary: { ...rest, entry: entry.href },
      use: { loadedAtMs: 5, cpuSeconds: 0.5, peakRamMb: 60 },
    });
    expect(run.said).toEqual([['half', 0.5]]);
    expect(run.output()).toMatch(/out/);
    expect(run.output()).toMatch(/err/);
    expect(run.process.isAlive()).toBe(false);
    expect(run.leftBehind()).toBe(0);
  });

  test.each([
    [
      'a failure that it reports',
      `say({ type: 'failed', error: { code: 'NO_CANDLES', message: 'None.' }, use }).then(() => process.exit(1))`,
      { type: 'failed', error: { code: 'NO_CANDLES', message: 'None.' } },
    ],
    [
      'too little memory that it reports',
      `say({ type: 'failed', error: { code: 'OUT_OF_MEMORY', message: 'x' }, use }).then(() => process.exit(1))`,
      { type: 'failed', error: { code: 'OUT_OF_MEMORY', message: expect.stringMatching(/limit of 512 MB/) } },
    ],
    [
      'too little memory that V8 tells of',
      `process.stderr.write('FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory');
       process.kill(process.pid, 'SIGABRT')`,
      { type: 'failed', error: { code: 'OUT_OF_MEMORY', message: expect.stringMatching(/limit of 512 MB/) } },
    ],
    [
      'an exit without a result',
      `process.exit(7)`,
      { type: 'failed', error: { code: 'CRASHED', message: "The task's process ended by exit code 7." } },
    ],
    [
      'an error that nothing catches',
      `null.x`,
      {
        type: 'failed',
        error: { code: 'CRASHED', message: expect.stringMatching(/exit code 1\. TypeError: Cannot/) },
      },
    ],
    [
      'a NUL as its last output',
      `process.stderr.write('bad \\u0000 end'); process.exit(3)`,
      {
        type: 'failed',
        error: { code: 'CRASHED', message: expect.stringMatching(/exit code 3\. bad \ufffd end/) },
      },
    ],
    ['SIGSEGV', `process.kill(process.pid, 'SIGSEGV')`, { type: 'failed', error: { code: 'CRASHED' } }],
    ['SIGKILL from elsewhere', `process.kill(process.pid, 'SIGKILL')`, { type: 'killed' }],
    ['exit code 137', `process.exit(137)`, { type: 'killed' }],
    [
      'a result with more than 100 levels',
      `let deep = 1; for (let i = 0; i < 101; i += 1) deep = [deep];
       say({ type: 'done', summary: deep, use }).then(() => process.exit(0))`,
      { type: 'failed', error: { code: 'RESULT_INVALID', message: expect.stringMatching(/100 levels/) } },
    ],
  ])('by %s ends as that', async (_, script, expected) => {
    expect(await start(script).process.ended).toMatchObject(expected);
  });

  test('counts what it said last even when it exits at once', async () => {
    const run = start(
      `say({ type: 'done', summary: 'x'.repeat(1_000_000), use }).then(() => process.exit(0))`,
    );
    expect(await run.process.ended).toMatchObject({ type: 'done', summary: 'x'.repeat(1_000_000) });
  });
});

describe('messages that are invalid', () => {
  test('are dropped while they are few', async () => {
    const run = start(`(async () => {
      for (const text of ['null', '"ready"', '{', '7', '[[[', '{"type":"x"}', 'x'.repeat(3_000_000)]) await raw(text + '\\n');
      await say({ type: 'progress', description: 'after', progress: 2 });
      await say({ type: 'done', summary: 1, use });
      process.exit(0);
    })()`);
    expect(await run.process.ended).toMatchObject({ type: 'done', summary: 1 });
    expect(run.said).toEqual([['after', 1]]);
  });

  test('end the process with the tenth, and a result after it does not count', async () => {
    const run = start(`(async () => {
      for (let i = 0; i < 10; i += 1) await raw('null\\n');
      await say({ type: 'done', summary: 1, use });
      await new Promise(() => undefined);
    })()`);
    expect(await run.process.ended).toMatchObject({ type: 'failed', error: { code: 'PROTOCOL_ERROR' } });
  });
});

describe('a stop', () => {
  test('is an abort message first, and the first reason stands', async () => {
    const clock = new ManualClock();
    const run = start(
      `hear('abort').then(() => process.exit(0)); say({ type: 'progress', description: 'ready', progress: null })`,
      { clock },
    );
    await run.saying('ready');
    run.process.stop('cancelled');
    run.process.stop('memory');
    expect(await run.process.ended).toEqual({ type: 'stopped', reason: 'cancelled' });
    expect(clock.pending).toBe(0);
  });

  test('is SIGTERM after half a second and SIGKILL after one and a half', async () => {
    const clock = new ManualClock();
    const run = start(
      `process.on('SIGTERM', () => say({ type: 'progress', description: 'SIGTERM', progress: null }));
       say({ type: 'progress', description: 'ready', progress: null })`,
      { clock },
    );
    await run.saying('ready');
    run.process.stop('returned');
    await clock.advance(499);
    expect(run.said).toEqual([['ready', null]]);
    await clock.advance(1);
    await run.saying('SIGTERM');
    await clock.advance(999);
    expect(isAlive(run.process.pid!)).toBe(true);
    await clock.advance(1);
    expect(await run.process.ended).toEqual({ type: 'stopped', reason: 'returned' });
  });

  test('reaches a process before it has begun', async () => {
    const run = start('setInterval(() => 0, 1000)');
    run.process.stop('lost');
    expect(await run.process.ended).toEqual({ type: 'stopped', reason: 'lost' });
  });

  test('does not change a result that came before it', async () => {
    const run = start(`say({ type: 'done', summary: 1, use })
      .then(() => say({ type: 'progress', description: 'late', progress: null }))
      .then(() => console.log('done'));`);
    while (!run.output().includes('done')) await new Promise((resolve) => setImmediate(resolve));
    run.process.stop('cancelled');
    expect(await run.process.ended).toMatchObject({ type: 'done', summary: 1 });
    expect(run.said).toEqual([]);
  });

  test('makes a failure that comes after it the end of a stopped process', async () => {
    const run = start(
      `hear('abort').then(() => say({ type: 'failed', error: { code: 'X', message: 'aborted' }, use })).then(() => process.exit(1));
       say({ type: 'progress', description: 'ready', progress: null })`,
    );
    await run.saying('ready');
    run.process.stop('time-limit');
    expect(await run.process.ended).toEqual({
      type: 'stopped',
      reason: 'time-limit',
      use: { loadedAtMs: 5, cpuSeconds: 0.5, peakRamMb: 60 },
    });
  });
});

test('a process that has reported its end and stays is killed after five seconds', async () => {
  const clock = new ManualClock();
  const run = start(
    `process.on('SIGTERM', () => 0); say({ type: 'done', summary: 1, use }).then(() => console.log('said'))`,
    { clock },
  );
  while (clock.pending === 0) await new Promise((resolve) => setImmediate(resolve));
  await clock.advance(4999);
  expect(isAlive(run.process.pid!)).toBe(true);
  await clock.advance(1);
  expect(await run.process.ended).toMatchObject({ type: 'done', summary: 1 });
});
