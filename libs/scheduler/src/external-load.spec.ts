import { expect, it } from '@jest/globals';
import { ExternalLoad } from './external-load.js';

it('rises at once and falls by 40 % of the distance a second', () => {
  const load = new ExternalLoad(0.6);
  load.observe(0, { cpuMillicores: 1000, ramMb: 0 });
  load.observe(1000, { cpuMillicores: 4000, ramMb: 0 });
  expect(load.current.cpuMillicores).toBe(4000);
  load.observe(2000, { cpuMillicores: 1000, ramMb: 0 });
  expect(load.current.cpuMillicores).toBe(2800);
  load.observe(4000, { cpuMillicores: 1000, ramMb: 0 });
  expect(load.current.cpuMillicores).toBe(1648); // 1000 + 1800 * 0.36
});

it('counts no load below zero', () => {
  const load = new ExternalLoad(0.6);
  load.observe(0, { cpuMillicores: -50, ramMb: -1 });
  expect(load.current).toEqual({ cpuMillicores: 0, ramMb: 0 });
});

it('knows the quietest use only once it has watched for five minutes, and forgets it after ten', () => {
  const load = new ExternalLoad(0);
  const watch = (fromS: number, toS: number, cpuMillicores: number) => {
    for (let atS = fromS; atS <= toS; atS++) load.observe(atS * 1000, { cpuMillicores, ramMb: 100 });
  };
  watch(0, 10, 500);
  watch(11, 299, 3000);
  expect(load.quietest).toBeNull();
  watch(300, 301, 3000);
  expect(load.quietest).toEqual({ cpuMillicores: 500, ramMb: 100 });
  watch(302, 601, 3000);
  expect(load.quietest).toEqual({ cpuMillicores: 3000, ramMb: 100 });
});
