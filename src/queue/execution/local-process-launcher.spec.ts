import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { Clock } from '../../clock/clock.js';
import { readConfig } from '../../config/config.js';
import { readVariable } from '../../process/marked-processes.js';
import { LocalProcessLauncher } from './local-process-launcher.js';
import { isAlive, order } from './task-process.fixture.js';

const config = readConfig({ HEADROOM_DATA_DIR: `/nowhere/${process.pid}` });
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
async function leftBehind(mark: string, server = 'other') {
  const child = spawn(process.execPath, ['-e', 'console.log(1); setInterval(() => 0, 1000)'], {
    env: { HEADROOM_SERVER: server, HEADROOM_TASK: mark },
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
    const launcher = new LocalProcessLauncher(new Clock(), config);
    const [first, second, other] = await Promise.all(
      [`${taskId}.1.x`, `${taskId}.1.y`, `${taskId}.11.x`].map((mark) => leftBehind(mark)),
    );
    await launcher.killLeftBehind(taskId, 1);
    expect(await Promise.all([first!.ended, second!.ended])).toEqual(['SIGKILL', 'SIGKILL']);
    expect(isAlive(other!.pid)).toBe(true);
    expect(warnings.sort()).toEqual(
      [first!, second!]
        .map(({ pid }) => `Killed process ${pid}, left behind by a task (HEADROOM_TASK=${taskId}.1.)`)
        .sort(),
    );
  });

  test('may be nothing', async () => {
    await new LocalProcessLauncher(new Clock(), config).killLeftBehind(taskId, 2);
    expect(warnings).toEqual([]);
  });

  test.each([
    ['ESRCH', []],
    ['EPERM', [expect.stringMatching(/could not be killed: Error: kill EPERM$/)]],
  ])('that cannot be killed because of %s ends nothing', async (code, expected) => {
    await leftBehind(`${taskId}.3.x`);
    jest.spyOn(process, 'kill').mockImplementation(() => {
      throw Object.assign(new Error(`kill ${code}`), { code });
    });
    await new LocalProcessLauncher(new Clock(), config).killLeftBehind(taskId, 3);
    expect(warnings).toEqual(expected);
    jest.restoreAllMocks();
  });
});

test('a process is started with its mark and none of the server’s own settings', async () => {
  process.env.HEADROOM_TEST_SECRET = 'hush';
  const nothing = () => undefined;
  const observer = { onProgress: nothing, onOutput: nothing };
  const handle = new LocalProcessLauncher(new Clock(), config).launch(
    { ...order, taskId, attempt: 4 },
    observer,
  );
  delete process.env.HEADROOM_TEST_SECRET;
  // It is held still while it is looked at; its environment cannot be seen while one program replaces another.
  process.kill(handle.pid!, 'SIGSTOP');
  let environment = '';
  while (environment === '') environment = readFileSync(`/proc/${handle.pid!}/environ`, 'utf8');
  process.kill(handle.pid!, 'SIGKILL');
  expect(await handle.ended).toEqual({ type: 'killed' });
  const variables = environment.split('\0').filter((variable) => variable !== '');
  expect(variables.map((variable) => variable.split('=')[0]).sort()).toEqual([
    'HEADROOM_SERVER',
    'HEADROOM_TASK',
    'NODE_ENV',
    'PATH',
    'TZ',
  ]);
  expect(variables.find((variable) => variable.startsWith('HEADROOM_TASK='))).toMatch(
    new RegExp(`=${taskId}\\.4\\.[\\w-]{36}$`),
  );
});

describe('what the processes of earlier servers have left behind', () => {
  test('is killed when their server is gone, and nothing of a server that lives or of another folder', async () => {
    const launcher = new LocalProcessLauncher(new Clock(), config);
    const observer = { onProgress: () => undefined, onOutput: () => undefined };
    const handle = launcher.launch({ ...order, taskId, attempt: 5 }, observer);
    process.kill(handle.pid!, 'SIGSTOP');
    let own: string | null = null;
    while (own === null) own = await readVariable(handle.pid!, 'HEADROOM_SERVER');
    process.kill(handle.pid!, 'SIGKILL');
    await handle.ended;
    expect(own).toMatch(new RegExp(`^[0-9a-f]{16}\\.${process.pid}\\.\\d+$`));
    const folder = own.split('.')[0]!;
    // The id of a server that is gone may be that of another process by now: it has another start.
    const [gone, reused, alive, other] = await Promise.all(
      [`${folder}.4194305.1`, `${folder}.${process.pid}.1`, own, 'other.4194305.1'].map((server) =>
        leftBehind(`${taskId}.6.x`, server),
      ),
    );
    await launcher.killAllLeftBehind();
    expect([await gone!.ended, await reused!.ended]).toEqual(['SIGKILL', 'SIGKILL']);
    expect([alive!, other!].map(({ pid }) => isAlive(pid))).toEqual([true, true]);
  });
});
