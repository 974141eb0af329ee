import { expect, test } from '@jest/globals';
import { ManualClock } from '../../clock/manual-clock.fixture.js';
import { ReportLimiter } from './report-limiter.js';

function limiter() {
  const clock = new ManualClock();
  const sent: number[] = [];
  return { clock, sent, reports: new ReportLimiter<number>(clock, (report) => void sent.push(report)) };
}

test('the first four reports are sent at once, the latest of the rest a tenth of a second later', async () => {
  const { clock, sent, reports } = limiter();
  for (let i = 1; i <= 100; i += 1) reports.push(i);
  expect(sent).toEqual([1, 2, 3, 4]);
  await clock.advance(99);
  expect(sent).toEqual([1, 2, 3, 4]);
  await clock.advance(1);
  expect(sent).toEqual([1, 2, 3, 4, 100]);
  await clock.advance(10_000);
  expect(sent).toHaveLength(5);
  expect(clock.pending).toBe(0);
});

test('a flood is sent ten times a second', async () => {
  const { clock, sent, reports } = limiter();
  for (let ms = 0; ms < 10_000; ms += 1) {
    reports.push(ms);
    await clock.advance(1);
  }
  expect(sent.length).toBeGreaterThanOrEqual(100);
  expect(sent.length).toBeLessThanOrEqual(104);
});

test('what is held is sent before the end, and only once', async () => {
  const { clock, sent, reports } = limiter();
  for (let i = 1; i <= 6; i += 1) reports.push(i);
  reports.flush();
  reports.flush();
  expect(sent).toEqual([1, 2, 3, 4, 6]);
  await clock.advance(1000);
  expect(sent).toEqual([1, 2, 3, 4, 6]);
});

test('after a pause there is a burst of four again', async () => {
  const { clock, sent, reports } = limiter();
  for (let i = 1; i <= 4; i += 1) reports.push(i);
  await clock.advance(60_000);
  for (let i = 5; i <= 10; i += 1) reports.push(i);
  expect(sent).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
});
