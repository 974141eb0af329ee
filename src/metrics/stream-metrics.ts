import { Injectable } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { EventStreams } from '../system/event-streams.js';
import { MetricsRegistry, readCounter } from './registry.js';

/** The event streams of this node. */
@Injectable()
export class StreamMetrics {
  constructor(registry: MetricsRegistry, streams: EventStreams) {
    const registers = [registry];
    const { stats } = streams;
    new Gauge({
      registers,
      name: 'headroom_streams',
      help: 'Event streams that are open.',
      collect() {
        this.set(streams.count);
      },
    });
    const delivered = {
      name: 'headroom_stream_deliveries_total',
      help: 'Messages written to event streams.',
    };
    readCounter({ registers, ...delivered }, () => stats.messages);
    const bytes = { name: 'headroom_stream_bytes_total', help: 'Bytes written to event streams.' };
    readCounter({ registers, ...bytes }, () => stats.bytes);
    const superseded = {
      name: 'headroom_stream_superseded_total',
      help: 'Messages of progress dropped for a client that was behind, because a newer one took their place.',
    };
    readCounter({ registers, ...superseded }, () => stats.superseded);
    const dropped = {
      name: 'headroom_streams_dropped_total',
      help: 'Streams cut off because their client did not read.',
    };
    readCounter({ registers, ...dropped }, () => stats.terminated);
  }
}
