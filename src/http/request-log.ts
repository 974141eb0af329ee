import { Logger } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { requestIdOf } from './request-id.js';

const logger = new Logger('Http');

/** One line an answered request: method, path, status, time and id; never the query, which may hold a credential. */
export function logRequest(request: Request, response: Response, next: NextFunction): void {
  const startedAt = performance.now();
  const { path } = request;
  response.once('close', () => {
    const ms = Math.round(performance.now() - startedAt);
    const ended = response.writableFinished ? String(response.statusCode) : 'aborted';
    logger.log(`${request.method} ${path} ${ended} ${ms}ms ${requestIdOf(request)}`);
  });
  next();
}
