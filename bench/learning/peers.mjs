// What the bench is measured beside, from npm: installed into this folder on first use, not part of the product.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Installs what is not there yet; where that fails, each peer says for itself that it is missing. */
export function installPeers() {
  const folder = fileURLToPath(new URL('.', import.meta.url));
  if (['koffi', 'ml-cart'].every((name) => existsSync(`${folder}node_modules/${name}`))) return;
  process.stderr.write('Installing koffi and ml-cart into bench/learning ...\n');
  spawnSync('npm', ['install', '--ignore-scripts', '--no-package-lock', '--no-audit', '--no-fund'], {
    cwd: folder,
    stdio: ['ignore', 2, 2],
  });
}
