import { setTimeout as delay } from 'node:timers/promises';
import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import { diag, DiagLogLevel } from '@opentelemetry/api';
import type { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import type { Config } from '../config/config.js';
import { version } from '../config/version.js';

const lastSpansMs = 1000;

/**
 * Sends spans to a collector, OTLP over HTTP, in batches and in the background: a collector that is away costs lines in
 * the log, and the spans. Without an endpoint the packages that do this are not even loaded, and no span is made.
 */
export class TraceExport implements OnApplicationShutdown {
  private constructor(private readonly provider: NodeTracerProvider | null) {}

  static async start({ traces, nodeId }: Config): Promise<TraceExport> {
    if (traces === null) return new TraceExport(null);
    const [{ BatchSpanProcessor, NodeTracerProvider }, { OTLPTraceExporter }, { resourceFromAttributes }] =
      await Promise.all([
        import('@opentelemetry/sdk-trace-node'),
        import('@opentelemetry/exporter-trace-otlp-http'),
        import('@opentelemetry/resources'),
      ]);
    const logger = new Logger('Traces');
    const say = (message: string) => {
      logger.warn(message);
    };
    const silent = () => undefined;
    diag.setLogger(
      { error: say, warn: say, info: silent, debug: silent, verbose: silent },
      { logLevel: DiagLogLevel.WARN },
    );
    const url = `${traces.endpoint.replace(/\/$/, '')}/v1/traces`;
    const provider = new NodeTracerProvider({
      resource: resourceFromAttributes({
        'service.name': traces.serviceName,
        'service.version': version,
        'service.instance.id': nodeId,
      }),
      spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter({ url }))],
    });
    provider.register();
    logger.log(`Sent to ${url}`);
    return new TraceExport(provider);
  }

  async onApplicationShutdown(): Promise<void> {
    if (this.provider === null) return;
    // What is still to be sent gets its moment; a collector that does not answer by then has missed it.
    await Promise.race([this.provider.shutdown().catch(() => undefined), delay(lastSpansMs)]);
  }
}
