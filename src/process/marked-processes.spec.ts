import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, expect, test } from '@jest/globals';
import { MarkedProcesses } from './marked-processes.js';

const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

/** A process that runs its program already, with a session that it leads. */
async function start(env: NodeJS.ProcessEnv): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['-e', 'console.log(1); setInterval(() => 0, 1000)'], {
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  started.push(child);
  await once(child.stdout, 'data');
  return child;
}

test('processes are found by the beginning of a variable of their environment, first, middle or last', async () => {
  const mark = `MARK=${process.pid}.a.`;
  const [name, value] = mark.split('=') as [string, string];
  const [first, last, alike] = await Promise.all([
    start({ [name]: `${value}1`, OTHER: 'x' }),
    start({ OTHER: 'x', [name]: value }),
    start({ [name]: `${process.pid}.ab.1`, OTHER: `x${mark}` }),
  ]);
  const scanner = new MarkedProcesses();
  const [found, again, none] = await Promise.all([
    scanner.find(mark),
    scanner.find(mark),
    scanner.find('MARK=of none'),
  ]);
  const expected = [first.pid!, last.pid!].sort((a, b) => a - b);
  expect(found.sort((a, b) => a - b)).toEqual(expected);
  expect(again.sort((a, b) => a - b)).toEqual(expected);
  expect(none).toEqual([]);
  expect(await scanner.find(`MARK=${process.pid}.ab.1`)).toEqual([alike.pid]);
});
