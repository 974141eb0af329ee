import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { templateFolder, waitFor } from '../tools/test-kit/index.js';

const root = join(import.meta.dirname, '..');

describe('a server whose starter ends', () => {
  let folder: string;
  let server: number | null = null;

  /** The project as built, but for the steps before a start: they would look at sources that other tests use too. */
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'headroom-start-'));
    mkdirSync(join(folder, 'scripts'));
    cpSync(join(root, 'scripts', 'start.mjs'), join(folder, 'scripts', 'start.mjs'));
    writeFileSync(
      join(folder, 'scripts', 'steps.mjs'),
      'export function prepare() {}\nexport function stop() {}',
    );
    for (const file of ['package.json', '.npmrc']) cpSync(join(root, file), join(folder, file));
    symlinkSync(join(root, 'dist'), join(folder, 'dist'));
    const template = templateFolder();
    cpSync(join(template, 'database'), join(folder, 'data', 'database'), { recursive: true });
    symlinkSync(join(template, 'market-data'), join(folder, 'data', 'market-data'));
  });
  afterEach(() => {
    if (server !== null && isAlive(server)) process.kill(server, 'SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  /** Starts the server, ends with SIGTERM what started it, and waits for that. */
  async function startAndLeave(command: string, ...args: string[]): Promise<number> {
    const starter = spawn(command, args, {
      cwd: folder,
      env: { PATH: process.env.PATH, HOME: folder, PORT: '0' },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let output = '';
    starter.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const { pid } = await waitFor(() => (output === '' ? null : (JSON.parse(output) as { pid: number })));
    server = pid;
    const ended = once(starter, 'exit');
    starter.kill('SIGTERM');
    await ended;
    return pid;
  }

  test('ends with npm', async () => {
    const pid = await startAndLeave('npm', 'start', '--', '--json');
    await waitFor(() => (isAlive(pid) ? null : true));
  });

  test('goes on when it was started without npm', async () => {
    // The second command keeps the shell from becoming the server.
    const pid = await startAndLeave('sh', '-c', 'node scripts/start.mjs --json; true');
    await delay(2000); // several times what a server under npm takes to look
    expect(isAlive(pid)).toBe(true);
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
