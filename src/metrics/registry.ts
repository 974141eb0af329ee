import { Counter, Registry } from 'prom-client';

/** The one registry of this application: what `GET /metrics` shows. Injected by this class as its token. */
export class MetricsRegistry extends Registry {}

interface ReadCounter {
  readonly registers: Registry[];
  readonly name: string;
  readonly help: string;
}

/** A counter that somebody else counts: `read` is asked at each scrape and never goes back. */
export function readCounter(options: ReadCounter, read: () => number): Counter {
  return new Counter({
    ...options,
    collect() {
      this.reset();
      this.inc(read());
    },
  });
}
