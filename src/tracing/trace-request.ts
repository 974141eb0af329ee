import { context, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { NextFunction, Request, Response } from 'express';
import { requestIdOf } from '../http/request-id.middleware.js';
import { tracer } from '../telemetry/trace-context.js';

/** Probes, and streams that last as long as their client. */
const untraced = /^\/(?!api\/)|^\/api\/(health\/|system\/task-events$)/;

/**
 * A span for each request of the API, within the trace that its client names (`traceparent`); active while the request
 * is worked on. Its names are those of OpenTelemetry's conventions for HTTP; queries and bodies are in none of them.
 */
export function traceRequest(request: Request, response: Response, next: NextFunction): void {
  const { method, path, headers } = request;
  if (untraced.test(path)) {
    next();
    return;
  }
  const parent = propagation.extract(ROOT_CONTEXT, headers);
  const attributes = { 'http.request.method': method, 'url.path': path };
  const span = tracer.startSpan(method, { kind: SpanKind.SERVER, attributes }, parent);
  response.once('close', () => {
    const { route } = request as { route?: { path: string } };
    if (route?.path.startsWith('/')) {
      span.updateName(`${method} ${route.path}`);
      span.setAttribute('http.route', route.path);
    }
    span.setAttributes({
      'http.response.status_code': response.statusCode,
      'headroom.request_id': requestIdOf(request),
    });
    if (response.statusCode >= 500 || !response.writableFinished) {
      span.setStatus({ code: SpanStatusCode.ERROR });
      span.setAttribute('error.type', response.writableFinished ? String(response.statusCode) : 'aborted');
    }
    span.end();
  });
  context.with(trace.setSpan(parent, span), next);
}
