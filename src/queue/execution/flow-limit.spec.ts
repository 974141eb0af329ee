import { PassThrough } from 'node:stream';
import { expect, test } from '@jest/globals';
import { ManualClock } from '../../clock/manual-clock.fixture.js';
import { FlowLimit } from './flow-limit.js';

test('streams are paused beyond 1 MiB in a tenth of a second, until it is over', async () => {
  const clock = new ManualClock();
  const streams = [new PassThrough().resume(), new PassThrough().resume()];
  const limit = new FlowLimit(clock, streams);
  const paused = () => streams.map((stream) => stream.isPaused());
  limit.count(2 ** 20);
  expect(paused()).toEqual([false, false]);
  await clock.advance(50);
  limit.count(1);
  limit.count(1);
  expect(paused()).toEqual([true, true]);
  await clock.advance(49);
  expect(paused()).toEqual([true, true]);
  await clock.advance(1);
  expect(paused()).toEqual([false, false]);
  expect(clock.pending).toBe(0);
  limit.count(2 ** 20);
  await clock.advance(100);
  limit.count(2 ** 20);
  expect(paused()).toEqual([false, false]);
});

test('a stream that has to end goes on at once', () => {
  const clock = new ManualClock();
  const stream = new PassThrough().resume();
  const limit = new FlowLimit(clock, [stream]);
  limit.count(2 ** 21);
  expect(stream.isPaused()).toBe(true);
  limit.resume();
  expect(stream.isPaused()).toBe(false);
  expect(clock.pending).toBe(0);
});
