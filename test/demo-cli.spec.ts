import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';

const program = join(import.meta.dirname, '..', 'dist', 'src', 'cli', 'demo.js');
const folder = mkdtempSync(join(tmpdir(), 'headroom-demo-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Nobody answers at ports this low, so the demo says where it looked. */
function addressAsked(env: Record<string, string>, ...args: string[]): string | undefined {
  const { stdout } = spawnSync(process.execPath, [program, '--json', '--admin-password', 'none', ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH, ...env },
    encoding: 'utf8',
  });
  return /No server answers at (\S+)/.exec(
    (JSON.parse(stdout) as { error: { message: string } }).error.message,
  )?.[1];
}

describe('npm run demo', () => {
  test('looks for the server at the PORT of the environment, before that of .env', () => {
    writeFileSync(join(folder, '.env'), 'PORT=3\n');
    expect(addressAsked({})).toBe('http://127.0.0.1:3');
    expect(addressAsked({ PORT: '2' })).toBe('http://127.0.0.1:2');
  });

  test('takes --url before both', () => {
    expect(addressAsked({ PORT: '2' }, '--url', 'http://127.0.0.1:4')).toBe('http://127.0.0.1:4');
  });
});
