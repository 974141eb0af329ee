// Runs a program on the built product: NAME is dist/src/cli/NAME.js, bench/NAME is bench/NAME/run.mjs.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { prepare, stop } from './steps.mjs';

const [name, ...args] = process.argv.slice(2);
const startedIn = process.cwd();
prepare();
const entry = name.startsWith('bench/')
  ? join(process.cwd(), name, 'run.mjs')
  : join(process.cwd(), 'dist', 'src', 'cli', `${name}.js`);
if (!existsSync(entry)) stop(`There is no program "${name}".`);
const { status } = spawnSync(process.execPath, [entry, ...args], { stdio: 'inherit', cwd: startedIn });
process.exit(status ?? 1);
