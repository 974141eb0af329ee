import { Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { AttemptRegistry } from './attempt-registry.js';

/**
 * Ends every attempt that nothing else would end: one that has no live process, function or waiting shard, and one
 * that passes the limit of its start or its stop.
 */
@Injectable()
export class AttemptWatchdog {
  readonly #logger = new Logger('AttemptWatchdog');

  constructor(private readonly attempts: AttemptRegistry) {}

  @Interval(1000)
  check(): void {
    for (const attempt of this.attempts.list()) {
      const problem = attempt.check();
      if (problem === null) continue;
      const { id, row } = attempt.task;
      this.#logger.error(`Attempt ${row.attempt} of task ${id} was ended: ${problem}`);
    }
  }
}
