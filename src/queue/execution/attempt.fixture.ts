import { ManualClock } from '../../clock/manual-clock.fixture.js';
import type { StopReason } from '../domain/attempt-outcome.js';
import { taskRow } from '../domain/task.fixture.js';
import type { TaskRow } from '../domain/task-row.js';
import { Task } from '../domain/task.js';
import { Attempt, AttemptWork, type FinishedAttempt } from './attempt.js';

/** Work that does nothing by itself and remembers what it was told. */
class FakeWork extends AttemptWork {
  readonly stops: StopReason[] = [];
  releases = 0;
  isGone = false;
  limitMs = 5_000;
  /** What it does when it is stopped. */
  onStop: () => void = () => undefined;

  override stop(reason: StopReason): void {
    this.stops.push(reason);
    this.onStop();
  }

  override isAlive(): boolean {
    return !this.isGone;
  }

  override release(): void {
    this.releases += 1;
  }

  override stopLimitMs(): number {
    return this.limitMs;
  }
}

/** An attempt at a running task whose ends are only noted. */
export function fakeAttempt(fields: Partial<TaskRow> = {}, clock = new ManualClock()) {
  const finished: FinishedAttempt[] = [];
  const task = new Task(taskRow({ status: 'running', nodeId: 'here', startedAt: new Date(0), ...fields }));
  const attempt = new Attempt(task, clock, (_, end) => void finished.push(end));
  return { attempt, clock, finished, task, work: new FakeWork() };
}
