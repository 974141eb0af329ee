import { Injectable } from '@nestjs/common';
import type { RequestHandler } from 'express';
import { Clock } from '../clock/clock.js';
import { Config } from '../config/config.js';
import { HttpProblem } from '../problems/http-problem.js';
import { networkOf } from './network.js';
import { sendProblem } from './problem.filter.js';
import { FixedWindowCounter } from './fixed-window-counter.js';

const windowMs = 10_000;

/**
 * How many requests a user and an address may send in 10 s; beyond, 429 with `Retry-After`. Probes of a load
 * balancer count for nobody, an event stream for its address alone: one that is refused ends for good.
 */
@Injectable()
export class RequestLimits {
  readonly #byUser = new FixedWindowCounter(windowMs);
  readonly #byNetwork = new FixedWindowCounter(windowMs);

  constructor(
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** @throws HttpProblem 429 `TOO_MANY_REQUESTS` */
  admitUser(userId: string): void {
    this.#admit(this.#byUser, userId, this.config.http.requestsPerUser, 'user');
  }

  /** @throws HttpProblem 429 `TOO_MANY_REQUESTS` */
  admitAddress(address: string): void {
    this.#admit(this.#byNetwork, networkOf(address), this.config.http.requestsPerAddress, 'address');
  }

  #admit(counts: FixedWindowCounter, key: string, most: number, who: 'user' | 'address'): void {
    if (most === 0) return;
    const nowMs = this.clock.steadyMs();
    const { count, endsAtMs } = counts.add(key, nowMs);
    if (count <= most) return;
    const seconds = Math.ceil((endsAtMs - nowMs) / 1000);
    const detail = `More than ${most} requests in ${windowMs / 1000} s from this ${who}; go on in ${seconds} s.`;
    throw new HttpProblem(429, 'TOO_MANY_REQUESTS', detail, { headers: { 'Retry-After': String(seconds) } });
  }
}

/** Stands before everything else, so that a flood costs no more than this. */
export function limitByAddress(limits: RequestLimits): RequestHandler {
  return (request, response, next) => {
    try {
      if (!request.path.startsWith('/api/health/')) limits.admitAddress(request.ip ?? '');
    } catch (error) {
      sendProblem(request, response, error as HttpProblem);
      return;
    }
    next();
  };
}
