import { Injectable } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { ResourceMonitor } from '../resources/resource-monitor.js';
import { MetricsRegistry } from './registry.js';

const bytesOf = (gb: number) => Math.round(gb * 2 ** 30);

/** The machine as admission sees it, read from the newest sample. */
@Injectable()
export class MachineMetrics {
  constructor(registry: MetricsRegistry, monitor: ResourceMonitor) {
    const registers = [registry];
    new Gauge({
      registers,
      name: 'headroom_cpu_cores',
      help: 'Cores: in all, available, reserved for running tasks, used by them, and to be left free.',
      labelNames: ['figure'],
      collect() {
        const { cpu, reserved } = monitor.resources();
        this.set({ figure: 'total' }, cpu.total_cores);
        this.set({ figure: 'available' }, cpu.available_cores);
        this.set({ figure: 'reserved' }, reserved.cpu_cores);
        this.set({ figure: 'used_by_tasks' }, monitor.tasksUse().cpuMillicores / 1000);
        this.set({ figure: 'minimum_free' }, cpu.min_threshold_cores);
      },
    });
    new Gauge({
      registers,
      name: 'headroom_memory_bytes',
      help: 'RAM: in all, available, reserved for running tasks, used by them, and to be left free.',
      labelNames: ['figure'],
      collect() {
        const { ram, reserved } = monitor.resources();
        this.set({ figure: 'total' }, bytesOf(ram.total_gb));
        this.set({ figure: 'available' }, bytesOf(ram.available_gb));
        this.set({ figure: 'reserved' }, bytesOf(reserved.ram_gb));
        this.set({ figure: 'used_by_tasks' }, bytesOf(monitor.tasksUse().rssMb / 1024));
        this.set({ figure: 'minimum_free' }, bytesOf(ram.min_threshold_gb));
      },
    });
    new Gauge({
      registers,
      name: 'headroom_pressure_percent',
      help: 'Share of the last 10 s in which somebody waited for this resource; absent where the kernel does not say.',
      labelNames: ['resource'],
      collect() {
        for (const [resource, percent] of Object.entries(monitor.resources().pressure)) {
          if (percent !== null) this.set({ resource }, percent);
        }
      },
    });
    new Gauge({
      registers,
      name: 'headroom_sample_age_seconds',
      help: 'Age of the newest sample of the machine.',
      collect() {
        this.set(monitor.sampleAgeMs() / 1000);
      },
    });
  }
}
