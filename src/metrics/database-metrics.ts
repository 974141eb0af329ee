import { Injectable } from '@nestjs/common';
import { Gauge, Histogram } from 'prom-client';
import { Database } from '../database/database.js';
import { MetricsRegistry } from './registry.js';

/** How fast the store answers, embedded or PostgreSQL. */
@Injectable()
export class DatabaseMetrics {
  constructor(registry: MetricsRegistry, database: Database) {
    const registers = [registry];
    const queries = new Histogram({
      registers,
      name: 'headroom_database_query_seconds',
      help: 'From a query to its answer or its error.',
      buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
    });
    database.queryDurations$.subscribe((seconds) => queries.observe(seconds));
    new Gauge({
      registers,
      name: 'headroom_database_sessions',
      help: 'Sessions of the pool: open, idle, and requests that wait for one.',
      labelNames: ['state'],
      collect() {
        for (const [state, count] of Object.entries(database.sessions())) this.set({ state }, count);
      },
    });
  }
}
