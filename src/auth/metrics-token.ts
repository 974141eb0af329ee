import { createHash, timingSafeEqual } from 'node:crypto';
import { type CustomDecorator, Injectable, SetMetadata } from '@nestjs/common';
import { Config } from '../config/config.js';

export const metricsRoute = 'headroom:metrics-token';

/** Lets a route be read with `METRICS_TOKEN` too, by a program that has no account. */
export const AcceptsMetricsToken = (): CustomDecorator => SetMetadata(metricsRoute, true);

/** `METRICS_TOKEN`, where one is set. */
@Injectable()
export class MetricsToken {
  readonly #digest: Buffer | null;

  constructor({ auth }: Config) {
    this.#digest = auth.metricsToken === null ? null : digestOf(auth.metricsToken);
  }

  /** Whether an `Authorization` header carries it; takes as long for a near miss as for any other. */
  isIn(authorization: string | undefined): boolean {
    const token = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
    return this.#digest !== null && token !== undefined && timingSafeEqual(digestOf(token), this.#digest);
  }
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
