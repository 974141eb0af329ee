import { Controller, Get, Res } from '@nestjs/common';
import type { Response } from 'express';
import { Public } from '../auth/public.decorator.js';
import { Database } from '../database/database.js';
import { SchedulingLoop } from '../queue/scheduling/scheduling-loop.js';
import { ResourceMonitor } from '../resources/resource-monitor.js';

type Verdict = 'up' | 'down';

interface Readiness {
  readonly status: Verdict;
  readonly database: Verdict;
  readonly worker: Verdict;
  readonly monitor: Verdict;
}

const databaseTimeoutMs = 2000;
const oldestSampleMs = 5000;

@Controller('health')
@Public()
export class HealthController {
  constructor(
    private readonly database: Database,
    private readonly loop: SchedulingLoop,
    private readonly monitor: ResourceMonitor,
  ) {}

  /** The process answers. */
  @Get('live')
  live(): { status: Verdict } {
    return { status: 'up' };
  }

  /** The node can do its work: 503 when one of its parts cannot, each named. */
  @Get('ready')
  async ready(@Res({ passthrough: true }) response: Response): Promise<Readiness> {
    const parts = {
      database: verdict(await this.#databaseAnswers()),
      worker: verdict(this.loop.isActive),
      monitor: verdict(this.monitor.sampleAgeMs() < oldestSampleMs),
    };
    const status = verdict(Object.values(parts).every((part) => part === 'up'));
    if (status === 'down') response.status(503);
    return { status, ...parts };
  }

  async #databaseAnswers(): Promise<boolean> {
    const timeout = new Promise<false>((resolve) => {
      setTimeout(() => {
        resolve(false);
      }, databaseTimeoutMs).unref();
    });
    const answer = this.database.ping().then(
      () => true,
      () => false,
    );
    return Promise.race([answer, timeout]);
  }
}

function verdict(isUp: boolean): Verdict {
  return isUp ? 'up' : 'down';
}
