import { Injectable, Logger } from '@nestjs/common';
import { Config } from '../../config/config.js';
import { TaskExecutor } from '../execution/task-executor.js';

/** Lets running tasks end when the server shuts down, for a time at most, and returns the others to the queue. */
@Injectable()
export class Drain {
  readonly #logger = new Logger('QueueWorker');

  constructor(
    private readonly config: Config,
    private readonly executor: TaskExecutor,
  ) {}

  /** @param lastCycle resolves when no cycle starts anything more */
  async run(signal: string | undefined, lastCycle: Promise<unknown>): Promise<void> {
    const { stopGraceS } = this.config.tasks;
    const running = this.executor.list().length;
    this.#logger.log(
      `Stopping${signal === undefined ? '' : ` (${signal})`}: ` +
        `${running} running ${running === 1 ? 'task gets' : 'tasks get'} up to ${stopGraceS} s`,
    );
    await lastCycle;
    const { finished, requeued, left } = await this.executor.drain(stopGraceS * 1000);
    this.#logger.log(
      `Stopped: ${finished} finished, ${requeued} queued again` +
        (left === 0 ? '' : `, ${left} left to be found by the next start or another node`),
    );
  }
}
