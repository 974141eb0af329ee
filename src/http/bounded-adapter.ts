import { randomUUID } from 'node:crypto';
import {
  createServer,
  STATUS_CODES,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from 'node:http';
import type { Duplex } from 'node:stream';
import { ExpressAdapter } from '@nestjs/platform-express';
import { HttpProblem } from '../problems/http-problem.js';
import { hasExtendedTimeout } from './request-timeout.js';
import { problemBody } from './problem.filter.js';

export interface ConnectionLimits {
  /** How long a request's headers may take to arrive. */
  readonly headersTimeoutMs: number;
  /** How long a whole request may take to arrive. */
  readonly requestTimeoutMs: number;
  /** How often connections are looked at. */
  readonly checkIntervalMs: number;
  /** How long the rest of a request is read and thrown away after its answer. */
  readonly discardTimeoutMs: number;
}

const usualLimits: ConnectionLimits = {
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 120_000,
  checkIntervalMs: 5_000,
  discardTimeoutMs: 30_000,
};

/**
 * Express under Nest, on a server that waits for nobody without end: a request that trickles in is answered
 * 408 and cut. What Node refuses before there is a request is answered as a problem too.
 */
export class BoundedExpressAdapter extends ExpressAdapter {
  readonly #limits: ConnectionLimits;

  constructor(limits: Partial<ConnectionLimits> = {}) {
    super();
    this.#limits = { ...usualLimits, ...limits };
  }

  override initHttpServer(): void {
    const { headersTimeoutMs, requestTimeoutMs, checkIntervalMs, discardTimeoutMs } = this.#limits;
    const server = createServer(
      {
        headersTimeout: headersTimeoutMs,
        requestTimeout: requestTimeoutMs,
        connectionsCheckingInterval: checkIntervalMs,
      },
      this.getInstance<RequestListener>(),
    );
    server.on('clientError', answerClientError);
    server.on('request', (request, response) => {
      limitDiscarding(request, response, discardTimeoutMs);
    });
    this.httpServer = server;
  }
}

/**
 * After an answer, reads and discards the rest of the request: most clients read the answer only after they have sent
 * everything. A client that still sends when the time is up is disconnected.
 */
function limitDiscarding(request: IncomingMessage, response: ServerResponse, timeoutMs: number): void {
  response.once('finish', () => {
    if (request.complete) return;
    request.resume();
    const cut = setTimeout(() => request.socket.destroy(), timeoutMs);
    for (const end of ['end', 'close']) {
      request.once(end, () => {
        clearTimeout(cut);
      });
    }
  });
}

function answerClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT' && hasExtendedTimeout(socket)) return;
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
