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

it('counts a negative load as zero', () => {
  const load = new ExternalLoad(0.6);
  load.observe(0, { cpuMillicores: -50, ramMb: -1 });
  expect(load.current).toEqual({ cpuMillicores: 0, ramMb: 0 });
});

it('has a recent minimum after five minutes, which covers at most the last ten', () => {
  const load = new ExternalLoad(0);
  const observeEachSecond = (fromS: number, toS: number, cpuMillicores: number) => {
    for (let atS = fromS; atS <= toS; atS++) load.observe(atS * 1000, { cpuMillicores, ramMb: 100 });
  };
  observeEachSecond(0, 10, 500);
  observeEachSecond(11, 299, 3000);
  expect(load.recentMinimum).toBeNull();
  observeEachSecond(300, 301, 3000);
  expect(load.recentMinimum).toEqual({ cpuMillicores: 500, ramMb: 100 });
  observeEachSecond(302, 601, 3000);
  expect(load.recentMinimum).toEqual({ cpuMillicores: 3000, ramMb: 100 });
});
