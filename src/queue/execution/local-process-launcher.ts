import { createHash, randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../clock/clock.js';
import { Config } from '../../config/config.js';
import { MarkedProcesses, readVariable } from '../../process/marked-processes.js';
import { pidNamespace, processIdentity } from '../../process/process-identity.js';
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
 *
 * A server can be killed after it has stored the end of an attempt and before it has searched. The next server on its data
 * folder finds those processes by `HEADROOM_SERVER`, which names the folder and the server process that started them.
 */
@Injectable()
export class LocalProcessLauncher extends ProcessLauncher {
  readonly #logger = new Logger('LocalProcessLauncher');
  readonly #processes = new MarkedProcesses();

  /** The same for all servers that share a data folder and can see each other's processes. */
  readonly #folder: string;
  /** This server process: the folder, its process id and its start. */
  readonly #server: string;

  constructor(
    private readonly clock: Clock,
    { dataDir }: Config,
  ) {
    super();
    const folder = createHash('sha256').update(`${dataDir}\0${pidNamespace()}`);
    this.#folder = folder.digest('hex').slice(0, 16);
    this.#server = `${this.#folder}.${processIdentity(process.pid) ?? ''}`;
  }

  launch(order: ProcessOrder, observer: ProcessObserver): ProcessHandle {
    const entry = fileURLToPath(new URL('./task-process-entry.js', import.meta.url));
    const mark = `${order.taskId}.${order.attempt}.${randomUUID()}`;
    return new TaskProcess({
      ...taskCommand(entry, order.memoryLimitMb),
      order,
      // The server's secrets are none of a task's business.
      env: {
        PATH: process.env.PATH,
        NODE_ENV: process.env.NODE_ENV,
        TZ: 'UTC',
        HEADROOM_SERVER: this.#server,
        HEADROOM_TASK: mark,
      },
      observer,
      clock: this.clock,
      onLeftBehind: () => void this.#killMarked(`HEADROOM_TASK=${mark}`),
    });
  }

  override killLeftBehind(taskId: string, attempt: number): Promise<void> {
    return this.#killMarked(`HEADROOM_TASK=${taskId}.${attempt}.`);
  }

  override killAllLeftBehind(): Promise<void> {
    return this.#killMarked(`HEADROOM_SERVER=${this.#folder}.`, async (pid) => {
      const server = (await readVariable(pid, 'HEADROOM_SERVER'))?.slice(this.#folder.length + 1);
      return server !== undefined && processIdentity(Number.parseInt(server, 10)) !== server;
    });
  }

  /** Kills the processes with a variable that begins so, and of which the condition holds. Never rejects. */
  async #killMarked(
    mark: string,
    condition: (pid: number) => Promise<boolean> = () => Promise.resolve(true),
  ): Promise<void> {
    const known = new Set<number>();
    for (let sweep = 1; sweep <= maxSweeps; sweep += 1) {
      const pids = (await this.#processes.find(mark)).filter((pid) => !known.has(pid));
      if (pids.length === 0) return;
      for (const pid of pids) {
        known.add(pid);
        if (await condition(pid)) this.#kill(pid, mark);
      }
    }
  }

  #kill(pid: number, mark: string): void {
    try {
      process.kill(pid, 'SIGKILL');
      this.#logger.warn(`Killed process ${pid}, left behind by a task (${mark})`);
    } catch (error) {
      // ESRCH: it has ended meanwhile.
      if ((error as NodeJS.ErrnoException).code === 'ESRCH') return;
      this.#logger.warn(
        `Process ${pid}, left behind by a task (${mark}), could not be killed: ${String(error)}`,
      );
    }
  }
}
