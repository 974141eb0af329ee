// What this bench needs beside the build and a PostgreSQL: the peers' packages and a Redis.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../../dist/tools/test-kit/index.js';

const folder = import.meta.dirname;

/** Installs the peers into this folder's own node_modules, once. */
export function installPeers() {
  if (existsSync(join(folder, 'node_modules', '.package-lock.json'))) return;
  process.stderr.write('Installing the peers into bench/queue ...\n');
  const npm = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const { status } = spawnSync('npm', npm, { cwd: folder, stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error('The peers could not be installed');
}

/** Debian's Redis on 127.0.0.1, its append-only file synced each second as its authors advise; null without one. */
export async function startRedis() {
  if (spawnSync('redis-server', ['--version']).status !== 0) return null;
  const home = mkdtempSync(join(tmpdir(), 'headroom-bench-redis-'));
  const port = await freePort();
  const options = {
    bind: '127.0.0.1',
    port,
    dir: home,
    appendonly: 'yes',
    appendfsync: 'everysec',
    save: '',
  };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const child = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 2] });
  for await (const chunk of child.stdout) if (String(chunk).includes('Ready to accept')) break;
  return {
    port,
    stop: async () => {
      child.kill('SIGKILL');
      await delay(100);
      rmSync(home, { recursive: true, force: true });
    },
  };
}
