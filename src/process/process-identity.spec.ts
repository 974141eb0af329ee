import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from '@jest/globals';
import { pidNamespace, processIdentity } from './process-identity.js';

test('a process is named by its id and its start', async () => {
  expect(processIdentity(process.pid)).toMatch(new RegExp(`^${process.pid}\\.\\d+$`));
  const child = spawn('sleep', ['60']);
  const name = processIdentity(child.pid!);
  expect(name).toMatch(new RegExp(`^${child.pid!}\\.\\d+$`));
  expect(processIdentity(child.pid!)).toBe(name);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(processIdentity(child.pid!)).toBeNull();
});

test('ids are told apart by their namespace', () => {
  expect(pidNamespace()).toMatch(/^pid:\[\d+\]$/);
});
