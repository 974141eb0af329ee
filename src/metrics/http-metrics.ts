import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Counter, Histogram } from 'prom-client';
import { MetricsRegistry } from './registry.js';

/** What Express has added to a request by the time it is answered. */
type Routed = IncomingMessage & { readonly route?: { readonly path: string } };

/**
 * All requests by route and status. The route is the pattern that answered (`/api/tasks/:task_id`), `other` for what no
 * route has: the page, and whatever is refused before it gets to one. So nobody can invent labels.
 */
@Injectable()
export class HttpMetrics implements OnModuleInit {
  readonly #requests;
  readonly #seconds;

  constructor(
    registry: MetricsRegistry,
    private readonly host: HttpAdapterHost,
  ) {
    const registers = [registry];
    this.#requests = new Counter({
      registers,
      name: 'headroom_http_requests_total',
      help: 'Requests by route and status; `aborted` when the client left before an answer.',
      labelNames: ['method', 'route', 'status'],
    });
    this.#seconds = new Histogram({
      registers,
      name: 'headroom_http_request_seconds',
      help: 'From a request to the end of its answer; without event streams, which last as long as their client.',
      labelNames: ['method', 'route'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    });
  }

  onModuleInit(): void {
    // Before Express, which may answer at once.
    const server = this.host.httpAdapter.getHttpServer() as Server;
    server.prependListener('request', (request, response) => this.#follow(request, response));
  }

  #follow(request: Routed, response: ServerResponse): void {
    const startedAt = performance.now();
    response.once('close', () => {
      const labels = { method: request.method ?? '', route: routeOf(request) };
      const status = response.headersSent ? String(response.statusCode) : 'aborted';
      this.#requests.inc({ ...labels, status });
      const isStream = String(response.getHeader('content-type')).startsWith('text/event-stream');
      if (!isStream) this.#seconds.observe(labels, (performance.now() - startedAt) / 1000);
    });
  }
}

function routeOf({ route }: Routed): string {
  // Not the one that Nest keeps for whatever no other has.
  return route?.path.startsWith('/') ? route.path : 'other';
}
