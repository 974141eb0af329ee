import { afterEach, expect, test } from 'vitest';
import { mounted, textOf, unmount } from '../../../test/mounted';
import SystemResources from './SystemResources.vue';

/** The figures of the requirement's own example. */
const props = {
  totalCores: 8,
  availableCores: 6.4,
  totalRAM: 16,
  availableRAM: 12.5,
  minCores: 1.6,
  minRAM: 3.2,
  bufferPercent: 20,
};
afterEach(unmount);

test('shows what is used, what is free and what must stay free', async () => {
  const text = textOf(await mounted(SystemResources, props));
  expect(text).toContain('20 % kept free');
  expect(text).toContain('20.0 % used'); // (8 - 6.4) / 8
  expect(text).toContain('21.9 % used'); // (16 - 12.5) / 16 = 0.21875
  expect(text).toContain('6.40 of 8.00 cores available · at least 1.60 cores stay free');
  expect(text).toContain('12.50 of 16.00 GB available · at least 3.20 GB stay free');
});

test('marks the threshold on the bar and a machine that is below it', async () => {
  const element = await mounted(SystemResources, { ...props, availableCores: 1.2 });
  const [cpu, ram] = element.querySelectorAll('[role=meter]');
  expect(cpu!.getAttribute('aria-valuenow')).toBe('85');
  expect(cpu!.querySelector<HTMLElement>('.threshold')!.style.insetInlineStart).toBe('80%'); // (8 - 1.6) / 8
  expect(cpu!.querySelector('.used.short')).not.toBeNull();
  expect(ram!.querySelector('.used.short')).toBeNull();
});
