import { randomUUID } from 'node:crypto';
import { createServer, STATUS_CODES, type RequestListener } from 'node:http';
import type { Duplex } from 'node:stream';
import { ExpressAdapter } from '@nestjs/platform-express';
import { HttpProblem } from './http-problem.js';
import { mayBeLate } from './long-request.js';
import { problemBody } from './problem.filter.js';

export interface ConnectionLimits {
  /** How long a request's headers may take to arrive. */
  readonly headersTimeoutMs: number;
  /** How long a whole request may take to arrive. */
  readonly requestTimeoutMs: number;
  /** How often connections are looked at. */
  readonly checkIntervalMs: number;
}

const usualLimits: ConnectionLimits = {
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 120_000,
  checkIntervalMs: 5_000,
};

/**
 * Express under Nest, on a server that waits for nobody without end: a request that trickles in is answered
 * 408 and cut. What Node refuses before there is a request is answered as a problem too.
 */
export class BoundedExpressAdapter extends ExpressAdapter {
  constructor(private readonly limits: ConnectionLimits = usualLimits) {
    super();
  }

  override initHttpServer(): void {
    const { headersTimeoutMs, requestTimeoutMs, checkIntervalMs } = this.limits;
    const server = createServer(
      {
        headersTimeout: headersTimeoutMs,
        requestTimeout: requestTimeoutMs,
        connectionsCheckingInterval: checkIntervalMs,
      },
      this.getInstance<RequestListener>(),
    );
    server.on('clientError', answerClientError);
    this.httpServer = server;
  }
}

function answerClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT' && mayBeLate(socket)) return;
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const requestId = randomUUID();
  const refusal = problemOf(error.code);
  const body = JSON.stringify(problemBody(refusal, '/', requestId));
  const head = [
    `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status]!}`,
    'Content-Type: application/problem+json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${requestId}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

function problemOf(code: string | undefined): HttpProblem {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return new HttpProblem(431, 'HEADERS_TOO_LARGE', 'The headers take more than 16 KiB.');
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new HttpProblem(408, 'REQUEST_TIMEOUT', 'The request did not arrive within its time.');
    default:
      return new HttpProblem(400, 'MALFORMED_REQUEST', 'What came is not HTTP.');
  }
}
