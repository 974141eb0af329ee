import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { waitFor } from '../tools/test-kit/index.js';
import { BrokenTasks } from './queue-faults.js';

/** Room for a connection and a file, not for a process with a pipe and a channel, which takes six. */
const freeDescriptors = 4;
/** All attempts with their backoff. */
const giveUpMs = 180_000;

/** Sets the soft limit of open files of a running process. */
function limitOpenFiles(pid: number, soft: string): void {
  const { status, stderr } = spawnSync('prlimit', [`--pid=${pid}`, `--nofile=${soft}:`], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`prlimit: ${stderr}`);
}

/** The soft limit at which so many numbers are left for new files. */
function limitThatLeaves(pid: number, free: number): number {
  const open = new Set(readdirSync(`/proc/${pid}/fd`).map(Number));
  let limit = 0;
  for (let left = free; left > 0; limit += 1) if (!open.has(limit)) left -= 1;
  return limit;
}

async function pausedWith(tasks: BrokenTasks, count: number): Promise<string[]> {
  expect((await tasks.admin.post('/api/system/queue/pause')).status).toBeLessThan(300);
  const ids: string[] = [];
  for (let n = 0; n < count; n += 1) ids.push(await tasks.submit({ how: 'sleep' }));
  return ids;
}

describe('without file descriptors for a process', () => {
  let tasks: BrokenTasks;
  let softLimit: string;
  beforeAll(async () => {
    tasks = await BrokenTasks.open();
    const limits = readFileSync(`/proc/${tasks.server.pid}/limits`, 'utf8');
    softLimit = /Max open files\s+(\d+)/.exec(limits)![1]!;
    // Everything that a first task loads and opens is open from here on.
    expect(await tasks.endOrLast(await tasks.submit({ how: 'sleep' }))).toMatchObject({
      status: 'completed',
    });
  }, 180_000);
  afterEach(() => limitOpenFiles(tasks.server.pid, softLimit));
  afterAll(() => tasks.close());

  const takeDescriptors = () => {
    const { pid } = tasks.server;
    limitOpenFiles(pid, String(limitThatLeaves(pid, freeDescriptors)));
  };

  test('the tasks of one cycle wait, and all complete when there are some', async () => {
    const ids = await pausedWith(tasks, 3);
    takeDescriptors();
    await tasks.admin.post('/api/system/queue/resume');
    await waitFor(() => (tasks.server.log.includes('EMFILE') ? true : null), 30_000);
    limitOpenFiles(tasks.server.pid, softLimit);
    const ended = await Promise.all(ids.map((id) => tasks.endOrLast(id)));
    expect(ended.map(({ status }) => status)).toEqual(['completed', 'completed', 'completed']);
    expect(await tasks.reservedCores(0)).toBe(0);
  }, 300_000);

  test('a task whose attempts are used up ends as SPAWN_FAILED', async () => {
    const [taskId] = await pausedWith(tasks, 1);
    takeDescriptors();
    await tasks.admin.post('/api/system/queue/resume');
    const { status, error } = await tasks.endOrLast(taskId!, giveUpMs);
    expect({ status, code: error?.code }).toEqual({ status: 'failed', code: 'SPAWN_FAILED' });
    expect(error.message).toMatch(/EMFILE/);
    expect(await tasks.reservedCores(0)).toBe(0);
    limitOpenFiles(tasks.server.pid, softLimit);
    expect(await tasks.endOrLast(await tasks.submit({ how: 'sleep' }))).toMatchObject({
      status: 'completed',
    });
  }, 300_000);
});

describe('without the program that starts a process', () => {
  const folder = mkdtempSync(join(tmpdir(), 'headroom-path-'));
  const [program, away] = [join(folder, 'bin', 'nice'), join(folder, 'nice')];
  let tasks: BrokenTasks;

  beforeAll(async () => {
    mkdirSync(join(folder, 'bin'));
    const found = (name: string) => spawnSync('which', [name], { encoding: 'utf8' }).stdout.trim();
    for (const name of ['nice', 'setpriv', 'prlimit', 'flock']) {
      symlinkSync(found(name), join(folder, 'bin', name));
    }
    tasks = await BrokenTasks.open({ PATH: join(folder, 'bin') });
    // The server looks once for the programs that it starts processes with.
    expect(await tasks.endOrLast(await tasks.submit({ how: 'sleep' }))).toMatchObject({
      status: 'completed',
    });
  }, 180_000);
  afterAll(async () => {
    await tasks.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('tasks wait, and complete when it is back', async () => {
    const ids = await pausedWith(tasks, 2);
    renameSync(program, away);
    await tasks.admin.post('/api/system/queue/resume');
    await waitFor(() => (tasks.server.log.includes('ENOENT') ? true : null), 30_000).catch(() => undefined);
    renameSync(away, program);
    const ended = await Promise.all(ids.map((id) => tasks.endOrLast(id)));
    expect(ended.map(({ status, error }) => [status, error])).toEqual([
      ['completed', null],
      ['completed', null],
    ]);
    expect(await tasks.reservedCores(0)).toBe(0);
  }, 300_000);

  test('a task whose attempts are used up ends as SPAWN_FAILED', async () => {
    const [taskId] = await pausedWith(tasks, 1);
    renameSync(program, away);
    await tasks.admin.post('/api/system/queue/resume');
    const { status, error } = await tasks.endOrLast(taskId!, giveUpMs);
    renameSync(away, program);
    expect({ status, code: error?.code }).toEqual({ status: 'failed', code: 'SPAWN_FAILED' });
    expect(error.message).toMatch(/ENOENT/);
    expect(await tasks.reservedCores(0)).toBe(0);
  }, 300_000);
});
