import { expect, test } from '@jest/globals';
import { productionPolicy, Scheduler, type MeasuredRun, type StartedTask } from '@app/scheduler';
import { ManualClock } from '../../clock/manual-clock.fixture.js';
import { Reservations, type ReservationRequest } from './reservations.js';

/** A scheduler that notes what it is told. */
class NotedScheduler extends Scheduler {
  readonly starts: StartedTask[] = [];
  readonly ends: { id: string; atMs: number; run: MeasuredRun }[] = [];

  override recordStart(task: StartedTask): void {
    this.starts.push(task);
    super.recordStart(task);
  }

  override recordEnd(id: string, atMs: number, run: MeasuredRun): void {
    this.ends.push({ id, atMs, run });
    super.recordEnd(id, atMs, run);
  }
}

const request: ReservationRequest = {
  taskId: 'a',
  userId: 'alice',
  shape: { type: 'backtest', size: 3, requested: { cpuMillicores: 1000, ramMb: 512 }, floorRamMb: 900 },
  isKillable: false,
};

function fakes() {
  const scheduler = new NotedScheduler(productionPolicy);
  const clock = new ManualClock();
  return { scheduler, clock, reservations: new Reservations(scheduler, clock) };
}

test('a reservation is reported to the scheduler with its time and is held until it is released', async () => {
  const { scheduler, clock, reservations } = fakes();
  await clock.advance(5);
  const reservation = reservations.take(request);
  const { shape, userId, isKillable } = request;
  expect(scheduler.starts).toEqual([
    { ...shape, id: reservation.id, queuedId: 'a', userId, isKillable, startedAtMs: clock.steadyMs() },
  ]);
  expect([reservation.taskId, reservations.list()]).toEqual(['a', [reservation]]);
  expect(scheduler.reserved().ramMb).toBeGreaterThanOrEqual(900);
  await clock.advance(1000);
  const run = { cpuSeconds: 1, peakRamMb: 100, succeeded: true };
  reservation.release(run);
  expect(scheduler.ends).toEqual([{ id: reservation.id, atMs: clock.steadyMs(), run }]);
  expect([reservations.list(), scheduler.reserved().ramMb]).toEqual([[], 0]);
});

test('only the first release counts, and one that measured nothing teaches nothing', () => {
  const { scheduler, reservations } = fakes();
  const reservation = reservations.take(request);
  reservation.release();
  reservation.release({ cpuSeconds: 9, peakRamMb: 9, succeeded: true });
  expect(scheduler.ends.map(({ run }) => run)).toEqual([{ cpuSeconds: 0, peakRamMb: 0, succeeded: false }]);
});

test('reservations of one task are apart: each is given back by itself, a later one unharmed by an earlier', () => {
  const { scheduler, reservations } = fakes();
  const first = reservations.take({ ...request, queuedId: 'a/0' });
  const second = reservations.take({ ...request, queuedId: 'a/1' });
  first.release();
  const third = reservations.take({ ...request, queuedId: 'a/0' });
  first.release();
  expect(reservations.list()).toEqual([second, third]);
  expect(new Set([first.id, second.id, third.id]).size).toBe(3);
  expect(scheduler.starts.map(({ queuedId }) => queuedId)).toEqual(['a/0', 'a/1', 'a/0']);
  expect(scheduler.ends.map(({ id }) => id)).toEqual([first.id]);
});

test('the capacity is unknown before the machine was measured', () => {
  const { scheduler, reservations } = fakes();
  expect(reservations.capacity()).toBeNull();
  const total = { cpuMillicores: 4000, ramMb: 8192 };
  scheduler.total = () => total;
  expect(reservations.capacity()).toBe(total);
});
