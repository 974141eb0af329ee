import { readdirSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { version } from '../config/version.js';
import { MetricsRegistry, readCounter } from './registry.js';

const resolutionMs = 20;
const openFiles = '/proc/self/fd';

/** The server's own process: version, CPU, memory, files, and how late its event loop is. */
@Injectable()
export class ProcessMetrics implements OnApplicationShutdown {
  readonly #delay = monitorEventLoopDelay({ resolution: resolutionMs });

  constructor(registry: MetricsRegistry) {
    const registers = [registry];
    const delay = this.#delay;
    delay.enable();
    new Gauge({
      registers,
      name: 'headroom_event_loop_delay_seconds',
      help: 'How late the event loop was since the last scrape.',
      labelNames: ['statistic'],
      collect() {
        const statistics = { p50: delay.percentile(50), p99: delay.percentile(99), max: delay.max };
        for (const [statistic, ns] of Object.entries(statistics)) {
          // The histogram holds the time between two looks, which are to be `resolutionMs` apart.
          this.set({ statistic }, Math.max(0, ns / 1e6 - resolutionMs) / 1000);
        }
        delay.reset();
      },
    });
    new Gauge({
      registers,
      name: 'headroom_build_info',
      help: 'Always 1; its labels say what runs.',
      labelNames: ['version', 'node'],
    }).set({ version, node: process.versions.node }, 1);
    const processCpu = {
      name: 'process_cpu_seconds_total',
      help: 'CPU time of the server, without its tasks.',
    };
    readCounter({ registers, ...processCpu }, () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1e6;
    });
    const figures: readonly [string, string, () => number | null][] = [
      [
        'process_resident_memory_bytes',
        'RAM of the server, without its tasks.',
        () => process.memoryUsage.rss(),
      ],
      [
        'nodejs_heap_used_bytes',
        'Of it, what JavaScript objects take.',
        () => process.memoryUsage().heapUsed,
      ],
      ['process_open_fds', 'Open files and connections (Linux).', countOpenFiles],
      [
        'process_start_time_seconds',
        'When the server started, in seconds since 1970.',
        () => Math.round(Date.now() / 1000 - process.uptime()),
      ],
    ];
    for (const [name, help, read] of figures) {
      new Gauge({
        registers,
        name,
        help,
        collect() {
          const figure = read();
          if (figure === null) this.reset();
          else this.set(figure);
        },
      });
    }
  }

  onApplicationShutdown(): void {
    this.#delay.disable();
  }
}

function countOpenFiles(): number | null {
  try {
    return readdirSync(openFiles).length;
  } catch {
    return null;
  }
}
