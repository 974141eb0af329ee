import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import * as realFiles from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';

let failure: Error | null = null;
jest.unstable_mockModule('node:fs/promises', () => ({
  ...realFiles,
  readdir: (...args: Parameters<typeof realFiles.readdir>) =>
    failure === null ? realFiles.readdir(...args) : Promise.reject(failure),
}));

const folder = mkdtempSync(join(tmpdir(), 'headroom-fingerprint-'));
let codeFingerprint: (typeof import('./code-fingerprint.js'))['codeFingerprint'];
beforeAll(async () => {
  ({ codeFingerprint } = await import('./code-fingerprint.js'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** The address of a task's module of this text. */
function moduleOf(text: string, name = 'module.mjs'): URL {
  const path = join(folder, name);
  writeFileSync(path, text);
  return pathToFileURL(path);
}

test('a folder that cannot be read fails the fingerprint that needed it, and not the next one', async () => {
  const entry = moduleOf('1');
  failure = Object.assign(new Error('too many open files'), { code: 'EMFILE' });
  await expect(codeFingerprint(entry, {})).rejects.toThrow('too many open files');
  failure = null;
  expect(await codeFingerprint(entry, {})).toMatch(/^[\w-]{43}$/);
});

test('the same payload and code have the same fingerprint, wherever the module lies', async () => {
  const first = await codeFingerprint(moduleOf('1'), { days: [1, 2] });
  expect(await codeFingerprint(moduleOf('1', 'my other.mjs'), { days: [1, 2] })).toBe(first);
});

test.each<[string, string, unknown]>([
  ['a module that was changed', '2', { days: 30 }],
  ['another payload', '1', { days: 31 }],
  ['a payload of another type', '1', { days: '30' }],
  ['no payload', '1', null],
])('the fingerprint is another for %s', async (_, text, payload) => {
  const before = await codeFingerprint(moduleOf('1'), { days: 30 });
  expect(await codeFingerprint(moduleOf(text), payload)).not.toBe(before);
});

test('a module that is gone has none', async () => {
  await expect(codeFingerprint(pathToFileURL(join(folder, 'gone.mjs')), {})).rejects.toThrow('ENOENT');
});
