import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { readConfig } from '../../config/config.js';
import { FakeExecutor } from '../execution/fake-executor.fixture.js';
import type { DrainResult } from '../execution/task-executor.js';
import { Drain } from './drain.js';

const nothingRuns: DrainResult = { finished: 0, requeued: 0, left: 0 };

describe('the end of running tasks when the server shuts down', () => {
  let lines: string[];
  beforeEach(() => {
    lines = [];
    jest.spyOn(Logger.prototype, 'log').mockImplementation((message: unknown) => {
      lines.push(String(message));
    });
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  function drainOf(running: number, result: DrainResult = nothingRuns) {
    const executor = new FakeExecutor();
    executor.running = Array.from({ length: running }, (_, n) => {
      return { taskId: `t${n}`, attempt: 1, taskType: 'backtest' };
    });
    executor.result = result;
    return { executor, drain: new Drain(readConfig({ HEADROOM_STOP_GRACE_S: '7' }), executor) };
  }

  test.each([
    ['SIGTERM', 0, 'Stopping (SIGTERM): 0 running tasks get up to 7 s'],
    ['SIGINT', 1, 'Stopping (SIGINT): 1 running task gets up to 7 s'],
    [undefined, 2, 'Stopping: 2 running tasks get up to 7 s'],
  ])('is announced: %s, %d running', async (signal, running, line) => {
    await drainOf(running).drain.run(signal, Promise.resolve());
    expect(lines[0]).toBe(line);
  });

  test.each<[DrainResult, string]>([
    [nothingRuns, 'Stopped: 0 finished, 0 queued again'],
    [{ finished: 2, requeued: 1, left: 0 }, 'Stopped: 2 finished, 1 queued again'],
    [
      { finished: 0, requeued: 0, left: 3 },
      'Stopped: 0 finished, 0 queued again, 3 left to be found by the next start or another node',
    ],
  ])('says what became of them: %j', async (result, line) => {
    await drainOf(1, result).drain.run('SIGTERM', Promise.resolve());
    expect(lines[1]).toBe(line);
  });

  test('is not waited for before the last cycle has started what it admitted', async () => {
    const { drain, executor } = drainOf(0);
    let endCycle!: () => void;
    const stopped = drain.run('SIGTERM', new Promise<void>((resolve) => (endCycle = resolve)));
    await new Promise((resolve) => setImmediate(resolve));
    expect(executor.drained).toBeNull();
    endCycle();
    await stopped;
    expect(executor.drained).toBe(7000);
  });
});
