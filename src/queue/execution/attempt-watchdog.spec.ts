import { Logger } from '@nestjs/common';
import { afterEach, expect, jest, test } from '@jest/globals';
import { ManualClock } from '../../clock/manual-clock.fixture.js';
import { fakeAttempt } from './attempt.fixture.js';
import { AttemptRegistry } from './attempt-registry.js';
import { AttemptWatchdog } from './attempt-watchdog.js';

afterEach(() => {
  jest.restoreAllMocks();
});

test('the watchdog looks at every attempt, and tells once of each that it ended', async () => {
  const errors: string[] = [];
  jest.spyOn(Logger.prototype, 'error').mockImplementation((message) => void errors.push(String(message)));
  const clock = new ManualClock();
  const registry = new AttemptRegistry();
  const watchdog = new AttemptWatchdog(registry);
  const [gone, alive, stuck, late] = ['gone', 'alive', 'stuck', 'late'].map((taskId, index) => {
    const fakes = fakeAttempt({ taskId, attempt: index + 1 }, clock);
    fakes.attempt.begin(fakes.work);
    registry.add(fakes.attempt);
    return fakes;
  }) as [Fakes, Fakes, Fakes, Fakes];
  for (const { attempt } of [gone, alive, stuck]) attempt.markRunning();
  stuck.attempt.stop('cancelled');
  watchdog.check();
  expect(errors).toEqual([]);
  gone.work.isGone = true;
  await clock.advance(60_001);
  watchdog.check();
  watchdog.check();
  expect(errors).toEqual([
    "Attempt 1 of task gone was ended: The task's process was gone without an end.",
    'Attempt 3 of task stuck was ended: It did not end in time after it was stopped (cancelled).',
    'Attempt 4 of task late was ended: It did not start within 60 s.',
  ]);
  expect([gone, alive, stuck, late].map(({ finished }) => finished.length)).toEqual([1, 0, 1, 1]);
});

type Fakes = ReturnType<typeof fakeAttempt>;
