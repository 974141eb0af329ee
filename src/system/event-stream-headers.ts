import { SSE_ABORT_CONTROLLER } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import type { OutgoingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import type { Subscriber } from 'rxjs';

const reconnectMs = 3000;
const eventStreamHeaders = {
  'Content-Type': 'text/event-stream',
  'Cache-Control': 'no-cache, no-transform',
  'X-Accel-Buffering': 'no',
  Connection: 'keep-alive',
};

/** Names of headers that Nest sets and the contract does not, or sets otherwise; in lower case as Node keeps them. */
const replaced = new Set(
  ['Pragma', 'Expires', ...Object.keys(eventStreamHeaders)].map((name) => name.toLowerCase()),
);

/** Responses whose headers are not out yet, and what will be told of them. */
const opening = new WeakMap<Response, { readonly source: Promise<Readable> }>();

/**
 * Sends the event stream's exact headers and its first line. Nest's own come close, but name more cache
 * directives than proxies need, and it writes no `retry:` without an event id.
 */
export function beginEventStream(_request: Request, response: Response, next: NextFunction): void {
  const writeHead = response.writeHead.bind(response) as (status: number, headers?: object) => Response;
  const source = new Promise<Readable>((resolve) => {
    let piped: Readable;
    response.once('pipe', (from: Readable) => (piped = from));
    response.writeHead = ((status: number, headers?: OutgoingHttpHeaders) => {
      response.writeHead = writeHead as typeof response.writeHead;
      if (headers?.['Content-Type'] !== 'text/event-stream')
        return headers === undefined ? writeHead(status) : writeHead(status, headers);
      // What is set is kept for as long as the response lives; what is only written is not.
      const others = Object.entries(response.getHeaders()).filter(([name]) => !replaced.has(name));
      for (const name of response.getHeaderNames()) response.removeHeader(name);
      writeHead(status, { ...Object.fromEntries(others), ...eventStreamHeaders });
      response.flushHeaders();
      response.write(`retry: ${reconnectMs}\n`);
      resolve(piped);
      return response;
    }) as typeof response.writeHead;
  });
  opening.set(response, { source });
  next();
}

/**
 * Takes a response over from Nest, once it has sent the headers: what Nest still writes or ends from then on
 * no longer reaches it, and it may forget all it keeps for an open stream.
 */
export async function takeOver(response: Response, opener: Subscriber<never>): Promise<void> {
  const source = await opening.get(response)?.source;
  if (source === undefined) throw new Error('This response is no event stream.');
  opening.delete(response);
  source.unpipe(response);
  opener.complete();
  // Nest has aborted it, and the stack in its reason keeps all that stood on it; so does Express's way on.
  Reflect.set(response.req, SSE_ABORT_CONTROLLER, undefined);
  Reflect.set(response.req, 'next', undefined);
}
