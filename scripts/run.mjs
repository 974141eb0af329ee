// Runs a command-line program of the built product: `node scripts/run.mjs NAME ...` is dist/src/cli/NAME.js.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { prepare, stop } from './steps.mjs';

const [name, ...args] = process.argv.slice(2);
const startedIn = process.cwd();
prepare();
const entry = join(process.cwd(), 'dist', 'src', 'cli', `${name}.js`);
if (!existsSync(entry)) stop(`There is no program "${name}".`);
const { status } = spawnSync(process.execPath, [entry, ...args], { stdio: 'inherit', cwd: startedIn });
process.exit(status ?? 1);
