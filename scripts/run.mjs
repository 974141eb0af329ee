// Runs a program on the built product: NAME is dist/src/cli/NAME.js, tools/NAME is dist/tools/NAME.js and bench/NAME is
// bench/NAME/run.mjs.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { prepare, stop } from './steps.mjs';

const [name, ...args] = process.argv.slice(2);
const startedIn = process.cwd();
prepare();
const dist = join(process.cwd(), 'dist');
let entry = join(dist, 'src', 'cli', `${name}.js`);
if (name.startsWith('bench/')) entry = join(process.cwd(), name, 'run.mjs');
if (name.startsWith('tools/')) entry = join(dist, `${name}.js`);
if (!existsSync(entry)) stop(`There is no program "${name}".`);
const { status } = spawnSync(process.execPath, [entry, ...args], { stdio: 'inherit', cwd: startedIn });
process.exit(status ?? 1);
