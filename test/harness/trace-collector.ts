import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A span as a collector gets it, with its attributes as plain values. */
export interface CollectedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly name: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly events: readonly string[];
  readonly isError: boolean;
  readonly service: Readonly<Record<string, unknown>>;
}

type Wire = Record<string, unknown>;

/** Takes spans as OTLP collectors do, as JSON over HTTP on 127.0.0.1. */
export class TraceCollector {
  readonly spans: CollectedSpan[] = [];
  readonly requests: { readonly path: string; readonly headers: Readonly<Record<string, unknown>> }[] = [];

  private constructor(private readonly server: Server) {}

  static async open(): Promise<TraceCollector> {
    const server = createServer();
    const collector = new TraceCollector(server);
    server.on('request', (request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        collector.requests.push({ path: request.url ?? '', headers: request.headers });
        collector.spans.push(...spansOf(JSON.parse(body) as Wire));
        response.setHeader('Content-Type', 'application/json').end('{}');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return collector;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  ofTrace(traceId: string): CollectedSpan[] {
    return this.spans.filter((span) => span.traceId === traceId);
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

function spansOf({ resourceSpans }: Wire): CollectedSpan[] {
  return (
    resourceSpans as { resource: { attributes: Attribute[] }; scopeSpans: { spans: Wire[] }[] }[]
  ).flatMap(({ resource, scopeSpans }) => {
    const service = plain(resource.attributes);
    return scopeSpans.flatMap(({ spans }) => spans.map((span) => spanOf(span, service)));
  });
}

function spanOf(wire: Wire, service: Readonly<Record<string, unknown>>): CollectedSpan {
  const ms = (nanoseconds: unknown) => Number(BigInt(nanoseconds as string) / 1000n) / 1000;
  return {
    traceId: wire.traceId as string,
    spanId: wire.spanId as string,
    parentSpanId: wire.parentSpanId as string | undefined,
    name: wire.name as string,
    startMs: ms(wire.startTimeUnixNano),
    endMs: ms(wire.endTimeUnixNano),
    attributes: plain(wire.attributes as Attribute[]),
    events: (wire.events as { name: string }[]).map(({ name }) => name),
    isError: (wire.status as { code?: number }).code === 2,
    service,
  };
}

interface Attribute {
  readonly key: string;
  /** One member, named after the value's type. */
  readonly value: Readonly<Record<string, unknown>>;
}

function plain(attributes: readonly Attribute[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}
