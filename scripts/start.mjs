import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { prepare, stop } from './steps.mjs';

const usage = `Usage: npm start [-- --help | --json]

Brings Headroom up: installs and builds if need be, writes the sample candles, starts the server on
http://127.0.0.1:8000 and prints the first admin's password (once).

  --json   print one JSON object on standard output once the server is ready; the log goes to standard error
  --help   this text

Set PORT, HOST, HEADROOM_DATA_DIR, ADMIN_USERNAME, ADMIN_PASSWORD, TRADING_BOT_DEV_MODE, ... in the environment
or in a file .env; docs/operations.md lists them all.
`;

const { values } = parseArgs({
  options: { help: { type: 'boolean', short: 'h' }, json: { type: 'boolean' } },
});
if (values.help) {
  process.stdout.write(usage);
} else {
  if (process.env.npm_lifecycle_event === 'start') endWithNpm();
  prepare();
  if (existsSync('.env')) process.loadEnvFile('.env');
  writeSampleData();
  if (values.json) printJsonWhenReady();
  await import('../dist/src/main.js');
}

/** Of a SIGTERM, npm tells only its shell, whose end would leave the server to run on unseen. */
function endWithNpm() {
  const shell = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === shell) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, 500).unref();
}

function writeSampleData() {
  const folder = join(resolve(process.env.HEADROOM_DATA_DIR || 'data'), 'market-data');
  if (existsSync(join(folder, 'shared'))) return;
  const entry = join('dist', 'src', 'market-data', 'write-sample-data.js');
  const { status } = spawnSync(process.execPath, [entry, folder], { stdio: ['ignore', 2, 2] });
  if (status !== 0) stop(`The sample candles could not be written to ${folder}.`);
}

/** Sends all lines to standard error and gathers from them what a program wants to know. */
function printJsonWhenReady() {
  const print = process.stdout.write.bind(process.stdout);
  const ready = { url: null, pid: process.pid, admin: null };
  process.stdout.write = (chunk, ...rest) => {
    const text = String(chunk);
    const admin = /^First admin: (\S+) \/ (\S+)/m.exec(text);
    if (admin) ready.admin = { username: admin[1], password: admin[2] };
    const address = /^Headroom is ready at (\S+)$/m.exec(text);
    if (address) print(`${JSON.stringify({ ...ready, url: address[1] })}\n`);
    return process.stderr.write(admin ? 'First admin: see standard output\n' : chunk, ...rest);
  };
}
