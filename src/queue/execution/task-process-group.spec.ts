import { ChildProcess, type spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { ManualClock } from '../../clock/manual-clock.fixture.js';
import { isAlive, start } from './task-process.fixture.js';
import type { TaskProcessOptions } from './task-process.js';

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
