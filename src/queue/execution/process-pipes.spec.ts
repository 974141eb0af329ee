import { PassThrough } from 'node:stream';
import { expect, test } from '@jest/globals';
import { ManualClock } from '../../clock/manual-clock.fixture.js';
import { settle } from './fake-launcher.fixture.js';
import { ProcessPipes } from './process-pipes.js';

/** Two pipes that share a limit, and one with its own. */
function opened() {
  const clock = new ManualClock();
  const pipes = new ProcessPipes(clock);
  const [stdout, stderr, channel] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const given: Buffer[] = [];
  const texts: string[] = [];
  const take = (name: string) => (chunk: Buffer) => {
    given.push(chunk);
    texts.push(`${name} ${chunk.length <= 10 ? chunk.toString() : chunk.length}`);
  };
  pipes.read([
    [stdout, take('stdout')],
    [stderr, take('stderr')],
  ]);
  pipes.read([[channel, take('channel')]]);
  const all = [stdout, stderr, channel];
  return { clock, pipes, stdout, stderr, channel, all, given, texts };
}

/** A chunk as Node reads it from a pipe: it has its own memory. */
function chunkOf(text: string): Buffer {
  const chunk = Buffer.from(new ArrayBuffer(text.length));
  chunk.write(text);
  return chunk;
}

test('what pipes bring is given with their own calls and is freed after them', async () => {
  const { stdout, stderr, channel, given, texts } = opened();
  stdout.write(chunkOf('one'));
  stderr.write(chunkOf('two'));
  channel.write(chunkOf('three'));
  await settle();
  expect(texts).toEqual(['stdout one', 'stderr two', 'channel three']);
  expect(given.map(({ length }) => length)).toEqual([0, 0, 0]);
});

test('a flood in one pipe pauses those that share its limit and no other', async () => {
  const { clock, stdout, stderr, channel, all, texts } = opened();
  stdout.write(Buffer.alloc(2 ** 20 + 1));
  await settle();
  expect(all.map((pipe) => pipe.isPaused())).toEqual([true, true, false]);
  stderr.write(chunkOf('later'));
  channel.write(chunkOf('now'));
  await settle();
  expect(texts).toEqual(['stdout 1048577', 'channel now']);
  await clock.advance(100);
  expect(texts.at(-1)).toBe('stderr later');
});

test('draining reads what a pause held back at once and calls back after the last pipe is closed', async () => {
  const { clock, pipes, stdout, stderr, all, texts } = opened();
  stdout.write(Buffer.alloc(2 ** 20 + 1));
  await settle();
  stderr.end(chunkOf('held'));
  let calls = 0;
  pipes.drain(() => (calls += 1));
  await settle();
  expect([texts.at(-1), calls, clock.pending]).toEqual(['stderr held', 0, 0]);
  for (const pipe of all) pipe.end();
  await settle();
  expect(calls).toBe(1);
});

test('draining calls back at once when all pipes are closed, or there are none', async () => {
  const { pipes, all } = opened();
  for (const pipe of all) pipe.end();
  await settle();
  let calls = 0;
  pipes.drain(() => (calls += 1));
  new ProcessPipes(new ManualClock()).drain(() => (calls += 1));
  expect(calls).toBe(2);
});

test('a broken pipe is as good as a closed one', async () => {
  const { pipes, stdout, stderr, channel } = opened();
  let calls = 0;
  pipes.drain(() => (calls += 1));
  stdout.destroy(new Error('EIO'));
  for (const pipe of [stderr, channel]) pipe.end();
  await settle();
  expect(calls).toBe(1);
});

test('pipes that are given up bring nothing more and leave no timer', async () => {
  const { clock, pipes, stdout, stderr, all, texts } = opened();
  stdout.write(Buffer.alloc(2 ** 20 + 1));
  await settle();
  stderr.write(chunkOf('held'));
  pipes.destroy();
  pipes.destroy();
  await settle();
  expect([all.map(({ destroyed }) => destroyed), clock.pending]).toEqual([[true, true, true], 0]);
  await clock.advance(1_000);
  expect(texts).toEqual(['stdout 1048577']);
});
