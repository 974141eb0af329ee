import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../clock/clock.js';
import { MarkedProcesses } from '../../process/marked-processes.js';
import { taskCommand } from '../../process/process-wrappers.js';
import {
  ProcessLauncher,
  type ProcessHandle,
  type ProcessObserver,
  type ProcessOrder,
} from './process-launcher.js';
import { TaskProcess } from './task-process.js';

/** Each may find what the one before it was too early for: a process that is just being started. */
const maxSweeps = 3;

/**
 * Starts each process of a task as a process of this machine.
 *
 * A process that it leaves behind is killed with its group. One that has left the group is found by the environment
 * that it inherited (`HEADROOM_TASK`). As that takes a look at every process of the machine, it is done only when the
 * group had members left, a pipe was held open, or the task's process said that it had started another one.
 */
@Injectable()
export class LocalProcessLauncher extends ProcessLauncher {
  readonly #logger = new Logger('LocalProcessLauncher');
  readonly #processes = new MarkedProcesses();

  constructor(private readonly clock: Clock) {
    super();
  }

  launch(order: ProcessOrder, observer: ProcessObserver): ProcessHandle {
    const entry = fileURLToPath(new URL('./task-process-entry.js', import.meta.url));
    const mark = `${order.taskId}.${order.attempt}.${randomUUID()}`;
    return new TaskProcess({
      ...taskCommand(entry, order.memoryLimitMb),
      order,
      // The server's secrets are none of a task's business.
      env: { PATH: process.env.PATH, NODE_ENV: process.env.NODE_ENV, TZ: 'UTC', HEADROOM_TASK: mark },
      observer,
      clock: this.clock,
      onLeftBehind: () => void this.#killMarked(mark),
    });
  }

  override killLeftBehind(taskId: string, attempt: number): Promise<void> {
    return this.#killMarked(`${taskId}.${attempt}.`);
  }

  /** Kills the processes whose marks begin so. Never rejects. */
  async #killMarked(mark: string): Promise<void> {
    const known = new Set<number>();
    for (let sweep = 1; sweep <= maxSweeps; sweep += 1) {
      const pids = (await this.#processes.find(`HEADROOM_TASK=${mark}`)).filter((pid) => !known.has(pid));
      if (pids.length === 0) return;
      for (const pid of pids) {
        known.add(pid);
        this.#kill(pid, mark);
      }
    }
  }

  #kill(pid: number, mark: string): void {
    try {
      process.kill(pid, 'SIGKILL');
      this.#logger.warn(`Killed process ${pid}, which task ${mark} had left behind`);
    } catch (error) {
      // ESRCH: it has ended meanwhile.
      if ((error as NodeJS.ErrnoException).code === 'ESRCH') return;
      this.#logger.warn(
        `Process ${pid}, which task ${mark} left behind, could not be killed: ${String(error)}`,
      );
    }
  }
}
