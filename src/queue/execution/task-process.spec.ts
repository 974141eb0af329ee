import { ChildProcess, type spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from '@jest/globals';
import { Clock } from '../../clock/clock.js';
import { ManualClock } from '../../clock/manual-clock.fixture.js';
import { TaskProcess, type TaskProcessOptions } from './task-process.js';
import type { ProcessOrder } from './process-launcher.js';

const order: ProcessOrder = {
  taskId: 'a',
  userId: 'u',
  attempt: 1,
  entry: new URL('file:///module.mjs'),
  payload: { days: 30 },
  dataDir: '/data',
  resultPath: '/data/results/a.1.json.gz',
  shard: null,
  shardResults: [],
  memoryLimitMb: 512,
};

/** What a script finds: `say(message)` resolves when it is sent, `hear(type)` when that has come, `orders` are all. */
const prelude = `
  const { Socket } = require('node:net');
  const channel = new Socket({ fd: 3, readable: true, writable: true });
  const raw = (text) => new Promise((resolve) => channel.write(text, resolve));
  const use = { loadedAtMs: 5, cpuSeconds: 0.5, peakRamMb: 60 };
  const hear = (type) => new Promise((resolve) => channel.on('data', (chunk) => {
    for (const line of String(chunk).trim().split('\\n')) if (JSON.parse(line).type === type) resolve(JSON.parse(line));
  }));
  // A process that exits with its order unread resets the channel, and what it has said may be lost.
  const ordered = hear('run');
  const say = (message) => ordered.then(() => raw(JSON.stringify(message) + '\\n'));
`;

interface Run {
  readonly process: TaskProcess;
  readonly said: (readonly [string, number | null])[];
  readonly output: () => string;
  readonly leftBehind: () => number;
  /** Resolves when the process has said so by progress. */
  saying(description: string): Promise<void>;
}

const runs: TaskProcess[] = [];
afterEach(async () => {
  for (const process of runs.splice(0)) {
    if (process.pid !== null && process.isAlive()) killGroup(process.pid);
    await process.ended;
  }
});

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It is gone already.
  }
}

function start(script: string, options: Partial<TaskProcessOptions> = {}): Run {
  const said: (readonly [string, number | null])[] = [];
  const listeners = new Map<string, () => void>();
  let output = '';
  let leftBehind = 0;
  const taskProcess = new TaskProcess({
    order,
    command: process.execPath,
    args: ['-e', prelude + script],
    env: { PATH: process.env.PATH },
    observer: {
      onProgress: (description, progress) => {
        said.push([description, progress]);
        listeners.get(description)?.();
      },
      onOutput: (_, chunk) => (output += chunk.toString()),
    },
    clock: new Clock(),
    onLeftBehind: () => (leftBehind += 1),
    ...options,
  });
  runs.push(taskProcess);
  return {
    process: taskProcess,
    said,
    output: () => output,
    leftBehind: () => leftBehind,
    saying: (description) =>
      said.some(([text]) => text === description)
        ? Promise.resolve()
        : new Promise((resolve) => listeners.set(description, resolve)),
  };
}

/** Whether the operating system has a process that is no zombie. */
function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

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

describe('a grandchild', () => {
  const grandchild = (detached: boolean) => `
    const { spawn } = require('node:child_process');
    const { pid } = spawn(process.execPath, ['-e', 'setInterval(() => 0, 1000)'], { stdio: 'inherit', detached: ${detached} });
    say({ type: 'progress', description: 'grandchild ' + pid, progress: null })`;

  test('in the group of its task is killed with it', async () => {
    const run = start(`${grandchild(false)}.then(() => process.exit(7))`);
    expect(await run.process.ended).toMatchObject({ type: 'failed', error: { code: 'CRASHED' } });
    const pid = Number(run.said[0]![0].split(' ')[1]);
    while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(run.leftBehind()).toBe(1);
  });

  test('outside of it holds up the end by no more than half a second, and is told of', async () => {
    const clock = new ManualClock();
    const run = start(
      `${grandchild(true)}.then(() => say({ type: 'done', summary: 1, use })).then(() => process.exit(0))`,
      {
        clock,
      },
    );
    let hasEnded = false;
    void run.process.ended.then(() => (hasEnded = true));
    while (run.process.pid === null || isAlive(run.process.pid)) await new Promise((r) => setTimeout(r, 5));
    const pid = Number(run.said[0]![0].split(' ')[1]);
    try {
      // The timer of the end that was reported gives way to that of the pipes.
      await clock.advance(499);
      expect([hasEnded, run.process.isAlive(), isAlive(pid)]).toEqual([false, true, true]);
      await clock.advance(1);
      expect(await run.process.ended).toMatchObject({ type: 'done', summary: 1 });
      expect(run.leftBehind()).toBe(1);
    } finally {
      process.kill(pid, 'SIGKILL');
    }
  });

  test('that was started and told of makes the launcher look for it', async () => {
    const run = start(`say({ type: 'child-started' }).then(() => process.exit(7))`);
    await run.process.ended;
    expect(run.leftBehind()).toBe(1);
  });
});

describe('a process that cannot be started', () => {
  test.each<[string, Partial<TaskProcessOptions>, RegExp]>([
    ['because there is no such program', { command: '/nowhere/node' }, /ENOENT/],
    ['because Node refuses its arguments', { args: ['a\u0000b'] }, /null bytes/],
    [
      'because the system throws',
      {
        spawnProcess: () => {
          throw new Error('spawn ENOMEM');
        },
      },
      /^spawn ENOMEM$/,
    ],
    [
      'because there are no file descriptors, and so no pipes',
      {
        spawnProcess: (() => {
          const child = new ChildProcess();
          process.nextTick(() => child.emit('error', new Error('spawn EMFILE')));
          return child;
        }) as unknown as typeof spawn,
      },
      /^spawn EMFILE$/,
    ],
  ])('%s ends as that', async (_, options, message) => {
    const run = start('', options);
    expect(await run.process.ended).toEqual({
      type: 'spawn-failed',
      message: expect.stringMatching(message),
    });
    expect([run.process.pid, run.process.isAlive()]).toEqual([null, false]);
    run.process.stop('cancelled');
  });

  test('and was stopped meanwhile ends as stopped', async () => {
    const run = start('', { command: '/nowhere/node' });
    run.process.stop('cancelled');
    expect(await run.process.ended).toEqual({ type: 'stopped', reason: 'cancelled' });
  });
});

describe('much output', () => {
  const write = (mib: number) => `(async () => {
    const block = Buffer.alloc(2 ** 20, 'x'.repeat(63) + '\\n');
    for (let i = 0; i < ${mib}; i += 1) await new Promise((sent) => process.stdout.write(block, sent));
    process.stderr.write('the end', () => process.exit(7));
  })()`;

  test('is read no faster than 1 MiB in a tenth of a second', async () => {
    const clock = new ManualClock();
    let bytes = 0;
    const run = start(write(4), {
      clock,
      observer: { onProgress: () => undefined, onOutput: (_, chunk) => (bytes += chunk.length) },
    });
    while (bytes <= 2 ** 20) await new Promise((resolve) => setImmediate(resolve));
    for (let turn = 0; turn < 200; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(bytes).toBeLessThan(1.2 * 2 ** 20);
    while (run.process.isAlive()) await clock.advance(100);
    expect(bytes).toBe(4 * 2 ** 20 + 'the end'.length);
  });

  test('is read to its end, each stream as itself, and is freed as it is read', async () => {
    const clock = new ManualClock();
    const bytes = { stdout: 0, stderr: 0 };
    const chunks: Buffer[] = [];
    let mostKept = 0;
    const before = process.memoryUsage().arrayBuffers;
    const run = start(write(200), {
      clock,
      observer: {
        onProgress: () => undefined,
        onOutput: (stream, chunk) => {
          bytes[stream] += chunk.length;
          chunks.push(chunk);
          mostKept = Math.max(mostKept, process.memoryUsage().arrayBuffers - before);
        },
      },
    });
    while (run.process.isAlive()) await clock.advance(100);
    expect(await run.process.ended).toMatchObject({ error: { message: expect.stringMatching(/the end/) } });
    expect(bytes).toEqual({ stdout: 200 * 2 ** 20, stderr: 7 });
    expect(chunks.filter((chunk) => chunk.length > 0)).toEqual([]);
    expect(mostKept).toBeLessThan(4 * 2 ** 20);
  });
});

test('the leader of a process group is started', async () => {
  const run = start(`say({ type: 'progress', description: 'ready', progress: null })`);
  await run.saying('ready');
  const [, , , , pgid] = readFileSync(`/proc/${run.process.pid}/stat`, 'utf8').split(' ');
  expect(Number(pgid)).toBe(run.process.pid);
  run.process.stop('cancelled');
});
