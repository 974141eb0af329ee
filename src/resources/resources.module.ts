import { Module } from '@nestjs/common';
import { steadyNow } from '@app/host-probe';
import { developmentPolicy, productionPolicy, Scheduler } from '@app/scheduler';
import { Config } from '../config/config.js';
import { ResourceMonitor } from './resource-monitor.js';

function makeScheduler(config: Config): Scheduler {
  const { cpuBuffer, ramBuffer, consumptionFactor } = config.machine;
  const policy = config.devMode ? developmentPolicy : productionPolicy;
  return new Scheduler({ ...policy, cpuBuffer, ramBuffer, consumptionFactor });
}

function makeMonitor(config: Config, scheduler: Scheduler): ResourceMonitor {
  return new ResourceMonitor(config, scheduler, { steadyMs: steadyNow });
}

@Module({
  providers: [
    { provide: Scheduler, useFactory: makeScheduler, inject: [Config] },
    { provide: ResourceMonitor, useFactory: makeMonitor, inject: [Config, Scheduler] },
  ],
  exports: [ResourceMonitor, Scheduler],
})
export class ResourcesModule {}
