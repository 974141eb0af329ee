import { STATUS_CODES } from 'node:http';
import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Problem } from '@app/contracts';
import type { Request, Response } from 'express';
import { isDiskFull, isOutage } from '../database/database-errors.js';
import { formatStack } from '../logging/format-stack.js';
import { HttpProblem } from '../problems/http-problem.js';
import { requestIdOf } from './request-id.middleware.js';

/** Every error of the API becomes an RFC 9457 answer here; what nobody expected is logged, never shown. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  readonly #logger = new Logger('Http');

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<Request>();
    const response = http.getResponse<Response>();
    const refusal = toHttpProblem(error);
    if (refusal.status >= 500) {
      const isError = error instanceof Error;
      this.#logger.error({
        message: `${request.method} ${request.path} ${refusal.code}: ${isError ? error.message : String(error)}`,
        request_id: requestIdOf(request),
        stack: isError ? formatStack(error) : undefined,
      });
    }
    if (response.headersSent) {
      response.destroy();
      return;
    }
    sendProblem(request, response, refusal);
  }
}

export function sendProblem(request: Request, response: Response, refusal: HttpProblem): void {
  const path = request.originalUrl.split('?', 1)[0]!;
  const body = problemBody(refusal, path, requestIdOf(request));
  response.status(refusal.status).set(refusal.extras.headers ?? {});
  response.set('Content-Type', 'application/problem+json; charset=utf-8').end(JSON.stringify(body));
}

/** The most fields that an answer names. */
const maxErrors = 20;

export function problemBody(refusal: HttpProblem, instance: string, requestId: string): Problem {
  const { status, code, detail, title, extras } = refusal;
  // A request that is well-formed but invalid as a whole has an error without a path.
  const errors = extras.errors ?? (status === 422 ? [{ path: '', message: detail }] : null);
  return {
    type: `urn:headroom:problem:${code.toLowerCase().replaceAll('_', '-')}`,
    title,
    status,
    detail,
    instance,
    code,
    request_id: requestId,
    ...(errors && { errors: errors.slice(0, maxErrors) }),
  };
}

function toHttpProblem(error: unknown): HttpProblem {
  if (error instanceof HttpProblem) return error;
  if (error instanceof HttpException) {
    const status = error.getStatus();
    if (status === 404) return HttpProblem.notFound();
    return new HttpProblem(status, codeOf(status), `${STATUS_CODES[status] ?? 'Error'}.`);
  }
  if (isDiskFull(error)) {
    return new HttpProblem(507, 'DISK_FULL', 'There is no room on the disk; please try again later.');
  }
  if (isOutage(error)) {
    return new HttpProblem(
      503,
      'DATABASE_UNAVAILABLE',
      'The database does not answer; please try again shortly.',
      {
        headers: { 'Retry-After': '5' },
      },
    );
  }
  return new HttpProblem(500, 'INTERNAL_ERROR', 'Something went wrong on our side; the request id names it.');
}

function codeOf(status: number): string {
  return (STATUS_CODES[status] ?? 'Error').toUpperCase().replace(/[^A-Z]+/g, '_');
}
