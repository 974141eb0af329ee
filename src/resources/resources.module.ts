import { Module } from '@nestjs/common';
import { developmentPolicy, productionPolicy, Scheduler } from '@app/scheduler';
import { Config } from '../config/config.js';
import { ResourceMonitor } from './resource-monitor.js';

function makeScheduler(config: Config): Scheduler {
  const { cpuBuffer, ramBuffer, consumptionFactor } = config.machine;
  const policy = config.devMode ? developmentPolicy : productionPolicy;
  return new Scheduler({ ...policy, cpuBuffer, ramBuffer, consumptionFactor });
}

@Module({
  providers: [ResourceMonitor, { provide: Scheduler, useFactory: makeScheduler, inject: [Config] }],
  exports: [ResourceMonitor, Scheduler],
})
export class ResourcesModule {}
