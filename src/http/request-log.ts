import { Logger } from '@nestjs/common';
import { trace } from '@opentelemetry/api';
import type { NextFunction, Response } from 'express';
import type { AuthenticatedRequest } from './current-user.decorator.js';
import { requestIdOf } from './request-id.middleware.js';

const logger = new Logger('Http');

/** One line an answered request: method, path, status, time, id and user; never the query, which may hold a credential. */
export function logRequest(request: AuthenticatedRequest, response: Response, next: NextFunction): void {
  const startedAt = performance.now();
  const { path } = request;
  const traceId = trace.getActiveSpan()?.spanContext().traceId;
  response.once('close', () => {
    const ms = Math.round(performance.now() - startedAt);
    const ended = response.writableFinished ? String(response.statusCode) : 'aborted';
    logger.log({
      message: `${request.method} ${path} ${ended} ${ms}ms`,
      request_id: requestIdOf(request),
      trace_id: traceId,
      user_id: request.currentUser?.userId,
    });
  });
  next();
}
