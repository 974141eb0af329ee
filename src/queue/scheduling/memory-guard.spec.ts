import { Logger } from '@nestjs/common';
import { expect, jest, test } from '@jest/globals';
import type { ResourceMonitor } from '../../resources/resource-monitor.js';
import { MemoryGuard } from './memory-guard.js';
import { machine, schedulingFixture } from './scheduling.fixture.js';

test('the memory guard stops the process that the scheduler chose, after the sample that showed the shortage', () => {
  const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
  const { clock, executor, monitor, reservations, scheduler } = schedulingFixture();
  new MemoryGuard(scheduler, executor, clock, monitor as unknown as ResourceMonitor);
  const shape = { type: 'backtest', size: 1, requested: { cpuMillicores: 1000, ramMb: 512 } };
  const { id } = reservations.take({ taskId: 'a', userId: 'ann', shape, isKillable: true });
  const tasks = new Map([[id, { cpuMillicores: 900, rssMb: 60_000 }]]);
  scheduler.observe({ ...machine(clock, 4), tasks });
  monitor.sampled$.next(null);
  expect(executor.memoryStops).toEqual([]);
  scheduler.observe({ ...machine(clock, 4), availableRamMb: 100, tasks });
  monitor.sampled$.next(null);
  expect(executor.memoryStops).toEqual([{ reservationId: id, ramMb: expect.any(Number) }]);
  expect(executor.memoryStops[0]!.ramMb).toBeGreaterThan(512);
  expect(warn).toHaveBeenCalledTimes(1);
  warn.mockRestore();
});
