import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { ManualClock } from '../../clock/manual-clock.fixture.js';
import type { Config } from '../../config/config.js';
import { Log } from '../../logging/log.js';
import { AttemptLogs } from './attempt-logs.js';

let dataDir: string;
let clock: ManualClock;
let logs: AttemptLogs;
const warnings: string[] = [];
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'headroom-logs-'));
  clock = new ManualClock();
  logs = new AttemptLogs({ dataDir } as Config, clock);
  warnings.length = 0;
  const destination = { write: (line: string) => void warnings.push(line) };
  Logger.overrideLogger(new Log({ level: 'warn', format: 'json', destination }));
});
afterEach(() => {
  Logger.overrideLogger(false);
  rmSync(dataDir, { recursive: true });
});

const files = () => readdirSync(dataDir, { recursive: true, encoding: 'utf8' }).sort();

async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await new Promise((resolve) => setImmediate(resolve));
}

test('output is in the file a second later, and then again each second while there is more', async () => {
  const log = logs.open('a', 2);
  log.stream(null).write(Buffer.from('one\n'));
  await clock.advance(999);
  expect(files()).toEqual([]);
  await clock.advance(1);
  await until(async () => (await logs.read('a', 2)) === 'one\n');
  expect(files()).toEqual(['logs', 'logs/a.2.log']);
  expect(statSync(join(dataDir, 'logs/a.2.log')).mode & 0o777).toBe(0o600);
  expect(statSync(join(dataDir, 'logs')).mode & 0o777).toBe(0o700);
  log.stream('shard 3').write(Buffer.from('two\n'));
  await until(() => clock.pending === 1);
  await clock.advance(1000);
  await until(async () => (await logs.read('a', 2)) === 'one\n[shard 3] two\n');
  await log.close();
  expect(clock.pending).toBe(0);
});

test('a log that the disk takes no more of does not hold up another', async () => {
  mkdirSync(join(dataDir, 'logs'));
  const stuck = join(dataDir, 'logs', `stuck.1.log.${process.pid}.tmp`);
  execFileSync('mkfifo', [stuck]);
  const slow = logs.open('stuck', 1);
  slow.stream(null).write(Buffer.from('slow\n'));
  const closed = slow.close();
  const log = logs.open('a', 1);
  log.stream(null).write(Buffer.from('one\n'));
  await log.close();
  expect(await logs.read('a', 1)).toBe('one\n');
  expect(await readFile(stuck, 'utf8')).toBe('slow\n');
  await closed;
});

test('the end stores what is left, a line without an end too, and nothing after it', async () => {
  const log = logs.open('a', 1);
  const stream = log.stream(null);
  stream.write(Buffer.from('password=hush and the rest'));
  await log.close();
  stream.write(Buffer.from('late\n'));
  stream.end();
  await clock.advance(5000);
  expect(await logs.read('a', 1)).toBe('password=[redacted] and the rest\n');
  expect(files()).toEqual(['logs', 'logs/a.1.log']);
});

test('a line without an end is stored once its process has ended, while the attempt goes on', async () => {
  const log = logs.open('a', 1);
  const stream = log.stream('shard 0');
  stream.write(Buffer.from('whole\nkilled in mid-li'));
  await clock.advance(1000);
  await until(async () => (await logs.read('a', 1)) === '[shard 0] whole\n');
  stream.end();
  await until(() => clock.pending === 1);
  await clock.advance(1000);
  await until(async () => (await logs.read('a', 1)) === '[shard 0] whole\n[shard 0] killed in mid-li\n');
  await log.close();
});

test('logs that are written at the same time hold each its own', async () => {
  const texts = ['a', 'b', 'c'].map((name) => `${name.repeat(60)}\n`.repeat(3000));
  const open = texts.map((text, index) => {
    const log = logs.open('a', index);
    log.stream(null).write(Buffer.from(text));
    return log;
  });
  await Promise.all(open.map((log) => log.close()));
  expect(await Promise.all(texts.map((_, index) => logs.read('a', index)))).toEqual(texts);
});

test('the end during a write waits for it and stores the newest', async () => {
  const log = logs.open('a', 1);
  log.stream(null).write(Buffer.from(`${'x'.repeat(60)}\n`.repeat(3000)));
  const written = clock.advance(1000);
  const last = log.close();
  await Promise.all([written, last]);
  expect((await logs.read('a', 1)).trimEnd().split('\n')).toHaveLength(3000);
  expect(files()).toEqual(['logs', 'logs/a.1.log']);
});

test('an attempt that writes nothing leaves no file', async () => {
  await logs.open('a', 1).close();
  expect(files()).toEqual([]);
  expect(await logs.read('a', 1)).toBe('');
});

test('an id cannot lead out of the folder', async () => {
  const log = logs.open('../../escaped', 1);
  log.stream(null).write(Buffer.from('x\n'));
  await log.close();
  expect(readdirSync(join(dataDir, 'logs'))).toEqual(['..%2F..%2Fescaped.1.log']);
  expect(await logs.read('../../escaped', 1)).toBe('x\n');
});

test('a log that cannot be written is told of, and ends nothing', async () => {
  writeFileSync(join(dataDir, 'logs'), 'a file');
  const log = logs.open('a', 1);
  log.stream(null).write(Buffer.from('x\n'));
  await log.close();
  expect(warnings.join('')).toMatch(/The log a\.1\.log could not be written: Error: E\w+/);
});
