import { existsSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createHostProbe, type HostProbe } from '@app/host-probe';
import { HostTree } from './host-tree.js';

describe('a machine from files', () => {
  let host: HostTree;
  let probe: HostProbe;
  let steadyMs = 0;
  const sampleLater = () => {
    steadyMs += 1000;
    return probe.sample();
  };

  beforeEach(async () => {
    host = new HostTree({ cpuCores: 4, ramGb: 8 });
    probe = await createHostProbe({
      root: host.root,
      now: () => steadyMs,
      wait: () => Promise.resolve(),
    });
  });
  afterEach(() => host.remove());

  test('is idle at every sample, although its counters stand still', async () => {
    for (let n = 0; n < 3; n += 1) {
      expect(await sampleLater()).toMatchObject({
        totalCpuMillicores: 4000,
        availableCpuMillicores: 4000,
        totalRamMb: 8192,
        availableRamMb: 8192,
        isCpuSaturated: false,
        pressure: { cpu: 0, memory: 0, io: 0, memoryFull: 0 },
        limits: { cpuSource: 'host', ramSource: 'host' },
      });
    }
  });

  test('shows the load, the memory and the pressure that a test gives it', async () => {
    host.setBusyCores(3.5);
    host.setAvailableRam(0.25);
    host.setPressure('memory', 12.5, 3);
    expect(await sampleLater()).toMatchObject({
      availableCpuMillicores: 500,
      availableRamMb: 256,
      pressure: { memory: 12.5, memoryFull: 3 },
    });
    host.setBusyCores(0);
    host.setAvailableRam(8);
    expect(await sampleLater()).toMatchObject({ availableCpuMillicores: 4000, availableRamMb: 8192 });
  });

  test('leaves no file behind', () => {
    host.remove();
    expect(existsSync(host.root)).toBe(false);
  });
});
