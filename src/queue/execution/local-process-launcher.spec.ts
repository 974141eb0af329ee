import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { Clock } from '../../clock/clock.js';
import { LocalProcessLauncher } from './local-process-launcher.js';
import { isAlive, order } from './task-process.fixture.js';

const warnings: string[] = [];
const pids: number[] = [];
beforeEach(() => {
  warnings.length = 0;
  jest.spyOn(Logger.prototype, 'warn').mockImplementation((message) => void warnings.push(String(message)));
});
afterEach(() => {
  jest.restoreAllMocks();
  for (const pid of pids.splice(0)) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
});

/** A process with this mark that leads a session and waits; `ended` resolves with the signal that it ended by. */
async function leftBehind(mark: string) {
  const child = spawn(process.execPath, ['-e', 'console.log(1); setInterval(() => 0, 1000)'], {
    env: { HEADROOM_TASK: mark },
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  pids.push(child.pid!);
  const ended = once(child, 'exit').then(([, signal]) => signal as string | null);
  await once(child.stdout, 'data');
  return { pid: child.pid!, ended };
}

// No other test, nor another run of this one, may own a process of such a task.
const taskId = `task-of-${process.pid}`;

describe('what an attempt has left behind', () => {
  test('is killed, wherever it has gone, and what belongs to another attempt is not', async () => {
    const launcher = new LocalProcessLauncher(new Clock());
    const [first, second, other] = await Promise.all(
      [`${taskId}.1.x`, `${taskId}.1.y`, `${taskId}.11.x`].map(leftBehind),
    );
    await launcher.killLeftBehind(taskId, 1);
    expect(await Promise.all([first!.ended, second!.ended])).toEqual(['SIGKILL', 'SIGKILL']);
    expect(isAlive(other!.pid)).toBe(true);
    expect(warnings.sort()).toEqual(
      [first!, second!]
        .map(({ pid }) => `Killed process ${pid}, which task ${taskId}.1. had left behind`)
        .sort(),
    );
  });

  test('may be nothing', async () => {
    await new LocalProcessLauncher(new Clock()).killLeftBehind(taskId, 2);
    expect(warnings).toEqual([]);
  });

  test.each([
    ['ESRCH', []],
    ['EPERM', [expect.stringMatching(/left behind, could not be killed: Error: kill EPERM$/)]],
  ])('that cannot be killed because of %s ends nothing', async (code, expected) => {
    await leftBehind(`${taskId}.3.x`);
    jest.spyOn(process, 'kill').mockImplementation(() => {
      throw Object.assign(new Error(`kill ${code}`), { code });
    });
    await new LocalProcessLauncher(new Clock()).killLeftBehind(taskId, 3);
    expect(warnings).toEqual(expected);
    jest.restoreAllMocks();
  });
});

test('a process is started with its mark and none of the server’s own settings', async () => {
  process.env.HEADROOM_TEST_SECRET = 'hush';
  const nothing = () => undefined;
  const observer = { onProgress: nothing, onOutput: nothing };
  const handle = new LocalProcessLauncher(new Clock()).launch({ ...order, taskId, attempt: 4 }, observer);
  delete process.env.HEADROOM_TEST_SECRET;
  // It is held still while it is looked at; its environment cannot be seen while one program replaces another.
  process.kill(handle.pid!, 'SIGSTOP');
  let environment = '';
  while (environment === '') environment = readFileSync(`/proc/${handle.pid!}/environ`, 'utf8');
  process.kill(handle.pid!, 'SIGKILL');
  expect(await handle.ended).toEqual({ type: 'killed' });
  const variables = environment.split('\0').filter((variable) => variable !== '');
  expect(variables.map((variable) => variable.split('=')[0]).sort()).toEqual([
    'HEADROOM_TASK',
    'NODE_ENV',
    'PATH',
    'TZ',
  ]);
  expect(variables.find((variable) => variable.startsWith('HEADROOM_TASK='))).toMatch(
    new RegExp(`=${taskId}\\.4\\.[\\w-]{36}$`),
  );
});
