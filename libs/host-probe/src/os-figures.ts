import { cpus } from 'node:os';
import type { OsFigures } from './os-host-probe.js';

/**
 * Node's own CPU counters, and `systeminformation` for memory, whose `available` Node cannot tell on macOS. Its
 * `currentLoad` is not used: it starts programs, blocks the thread for them and shares one baseline among all callers.
 * The package is loaded here, at the first need, so Linux never pays for it.
 */
export async function loadOsFigures(): Promise<OsFigures> {
  const { mem } = await import('systeminformation');
  return {
    cpuTimes: () =>
      new Map(
        cpus().map(({ times }, cpu) => {
          const total = times.user + times.nice + times.sys + times.idle + times.irq;
          return [cpu, { idle: times.idle, total }];
        }),
      ),
    memory: async () => {
      const { total, available } = await mem();
      return { total, available };
    },
  };
}
