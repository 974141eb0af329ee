import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { productionPolicy, Scheduler } from '@app/scheduler';
import { readConfig } from '../config/config.js';
import { ResourceMonitor } from './resource-monitor.js';

const HOUR_MS = 3_600_000;

/** A clock whose wall time can be set while its steady time only advances. */
class FakeClock {
  #steadyMs = Date.UTC(2026, 0, 1);
  #wallOffsetMs = 0;

  advance(ms: number): void {
    this.#steadyMs += ms;
  }

  setWallClock(offsetMs: number): void {
    this.#wallOffsetMs = offsetMs;
  }

  steadyMs(): number {
    return this.#steadyMs;
  }

  wallMs(): number {
    return this.#steadyMs + this.#wallOffsetMs;
  }
}

describe('ResourceMonitor when the wall clock jumps an hour back and forth', () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('gives samples whose times rise by the elapsed time, and knows the age of the latest', async () => {
    const clock = new FakeClock();
    jest.spyOn(Date, 'now').mockImplementation(() => clock.wallMs());
    Logger.overrideLogger(false);
    const monitor = new ResourceMonitor(readConfig({}), new Scheduler(productionPolicy), clock);
    await monitor.onModuleInit();
    const startedMs = clock.steadyMs();
    const times: number[] = [];
    monitor.sampled$.subscribe(({ atMs }) => times.push(atMs - startedMs));

    for (const wallOffsetMs of [-HOUR_MS, HOUR_MS, 0]) {
      clock.setWallClock(wallOffsetMs);
      clock.advance(1000);
      expect(monitor.sampleAgeMs()).toBe(1000);
      await monitor.sample();
      expect(monitor.sampleAgeMs()).toBe(0);
    }

    expect(times).toEqual([1000, 2000, 3000]);
  });
});
