import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { prepare, say, stop } from './steps.mjs';

const usage = `Usage: npm run test:mutants [-- --json]

Shows that the model test of the queue can fail: applies each patch in test/queue-model/mutants to a copy of the sources
and runs the test there, which has to fail. The test runs on the unchanged sources first, and has to pass.
With --json it prints {"mutants": [{name, caught, seconds}]}. Ends with 1 when a mutant is not caught.
`;

const { values } = parseArgs({
  options: { help: { type: 'boolean', short: 'h' }, json: { type: 'boolean' } },
});
if (values.help) {
  process.stdout.write(usage);
  process.exit(0);
}
prepare({ build: false });
const root = process.cwd();
const folder = join('test', 'queue-model', 'mutants');
const copied = ['src', 'libs', 'test', 'tools', 'jest.config.mjs', 'package.json', 'tsconfig.json'];

if (!passes(root)) stop('The model test fails on the sources as they are.');
const mutants = readdirSync(folder)
  .filter((name) => name.endsWith('.patch'))
  .map(tryMutant);
if (values.json) process.stdout.write(`${JSON.stringify({ mutants })}\n`);
process.exit(mutants.every(({ caught }) => caught) ? 0 : 1);

function tryMutant(patch) {
  const name = basename(patch, '.patch');
  const copy = mkdtempSync(join(tmpdir(), 'headroom-mutant-'));
  try {
    for (const path of copied.filter((path) => existsSync(path)))
      cpSync(path, join(copy, path), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
    const applied = spawnSync('git', ['apply', join(root, folder, patch)], {
      cwd: copy,
      stdio: ['ignore', 2, 2],
    });
    if (applied.status !== 0) stop(`The patch ${patch} does not fit the sources.`);
    const startedAt = performance.now();
    const caught = !passes(copy);
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    say(`${name}: ${caught ? 'caught' : 'NOT CAUGHT'} after ${seconds} s`);
    return { name, caught, seconds };
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

function passes(cwd) {
  const jest = [
    '--experimental-vm-modules',
    '--no-warnings',
    join(root, 'node_modules', 'jest', 'bin', 'jest.js'),
    '--forceExit',
    '--rootDir',
    cwd,
    'test/queue-model',
  ];
  return spawnSync(process.execPath, jest, { cwd, stdio: 'ignore' }).status === 0;
}
