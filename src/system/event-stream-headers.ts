import type { NextFunction, Request, Response } from 'express';

const reconnectMs = 3000;

/**
 * Sends the event stream's exact headers and its first line. Nest's own come close, but name more cache
 * directives than proxies need, and it writes no `retry:` without an event id.
 */
export function beginEventStream(_request: Request, response: Response, next: NextFunction): void {
  const writeHead = response.writeHead.bind(response) as (status: number, headers?: object) => Response;
  response.writeHead = ((status: number, headers?: object) => {
    const isStream = headers && (headers as Record<string, unknown>)['Content-Type'] === 'text/event-stream';
    if (!isStream) return headers === undefined ? writeHead(status) : writeHead(status, headers);
    for (const name of ['Pragma', 'Expires']) response.removeHeader(name);
    writeHead(status, {
      'Content-Type': 'text/event-stream',
      'Cache-Control': 'no-cache, no-transform',
      'X-Accel-Buffering': 'no',
      Connection: 'keep-alive',
    });
    response.write(`retry: ${reconnectMs}\n`);
    return response;
  }) as typeof response.writeHead;
  next();
}
