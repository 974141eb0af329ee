// What every script does first: look at Node's version, install when the lock file has changed, build when
// a source has changed. All they have to say goes to standard error; standard output belongs to the script.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const leastNode = [20, 19];
const sources = [
  'src',
  'libs',
  'tools',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'nest-cli.json',
];
const pageSources = ['web', 'libs/contracts', 'package-lock.json'];
const pageFolder = join('dist', 'web');
const pageStamp = join(pageFolder, '.headroom-built');
/** Where the page waits while Nest's build empties `dist`. */
const pageShelter = join('node_modules', '.headroom-page');

/** Installs and builds if need be; ends the process with a message when that fails. */
export function prepare({ build = true } = {}) {
  process.chdir(root);
  checkNode();
  install();
  if (build) buildIfChanged();
}

/** Builds whatever changed or not. */
export function buildAnyway() {
  process.chdir(root);
  checkNode();
  install();
  runBuild(hashOf(sources));
  runPageBuild(hashOf(pageSources));
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > leastNode[0] || (major === leastNode[0] && minor >= leastNode[1])) return;
  stop(`Headroom needs Node ${leastNode.join('.')} or newer; this is ${process.versions.node}.`);
}

function install() {
  const stamp = join('node_modules', '.headroom-installed');
  const wanted = hashOf(['package-lock.json']);
  if (read(stamp) === wanted && areInstalled()) return;
  say('Installing packages (once, under a minute)...');
  // A build needs the development packages, which NODE_ENV=production would leave out.
  const args = ['ci', '--include=dev', '--loglevel=error', '--no-progress'];
  run('npm', args, 'The packages could not be installed.');
  writeFileSync(stamp, wanted);
}

/** The stamp says what was asked for; this, that packages for a build are there as well. */
function areInstalled() {
  const { dependencies, devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
  const names = Object.keys({ ...dependencies, ...devDependencies });
  return names.every((name) => existsSync(join('node_modules', name, 'package.json')));
}

function buildIfChanged() {
  const wanted = hashOf(sources);
  if (read(join('dist', '.headroom-built')) !== wanted) runBuild(wanted);
  const wantedPage = hashOf(pageSources);
  if (read(pageStamp) !== wantedPage) runPageBuild(wantedPage);
}

function runBuild(hash) {
  say('Building...');
  move(pageFolder, pageShelter);
  run(process.execPath, ['node_modules/@nestjs/cli/bin/nest.js', 'build'], 'The build failed.');
  move(pageShelter, pageFolder);
  writeFileSync(join('dist', '.headroom-built'), hash);
}

function runPageBuild(hash) {
  say('Building the page...');
  const vite = ['node_modules/vite/bin/vite.js', 'build', 'web', '--logLevel', 'warn'];
  run(process.execPath, vite, 'The page could not be built.');
  writeFileSync(pageStamp, hash);
}

function move(from, to) {
  if (!existsSync(from)) return;
  rmSync(to, { recursive: true, force: true });
  renameSync(from, to);
}

function run(command, args, failure) {
  const { status } = spawnSync(command, args, {
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (status !== 0) stop(failure);
}

function hashOf(paths) {
  const hash = createHash('sha256');
  for (const path of paths.flatMap(filesBelow)) hash.update(path).update(readFileSync(path));
  return hash.digest('hex');
}

function filesBelow(path) {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .sort()
    .flatMap((name) => filesBelow(join(path, name)));
}

function read(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : null;
}

export function say(text) {
  process.stderr.write(`${text}\n`);
}

export function stop(text) {
  say(text);
  process.exit(1);
}
