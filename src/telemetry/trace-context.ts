import { context, propagation, ROOT_CONTEXT, trace, type Context } from '@opentelemetry/api';

/** What all spans of the server are made with; while no traces are exported it makes none. */
export const tracer = trace.getTracer('headroom');

/** The span that is active here, in the form that travels: W3C Trace Context. Null where there is none. */
export function currentTraceparent(): string | null {
  const carrier: Record<string, string> = {};
  propagation.inject(context.active(), carrier);
  return carrier.traceparent ?? null;
}

/** Starts a new trace for work that no request asked for. */
export function asTrace<Value>(name: string, work: () => Promise<Value>): Promise<Value> {
  return tracer.startActiveSpan(name, { root: true }, async (span) => {
    try {
      return await work();
    } finally {
      span.end();
    }
  });
}

/** Makes a stored `traceparent` the parent of spans; null or an invalid one begins a new trace. */
export function contextOf(traceparent: string | null): Context {
  return traceparent === null ? ROOT_CONTEXT : propagation.extract(ROOT_CONTEXT, { traceparent });
}
