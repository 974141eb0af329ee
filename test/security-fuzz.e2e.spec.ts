import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

const fuzz = join(import.meta.dirname, '..', 'dist', 'tools', 'fuzz.js');

test('2,000 fuzzed requests are answered as the OpenAPI document says, and the server is well after them', () => {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [fuzz, '--requests', '2000', '--seed', '1', '--json'],
    {
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
    },
  );
  expect(stdout === '' ? stderr : '').toBe('');
  const report = JSON.parse(stdout);
  expect(report.faults).toEqual([]);
  expect(report.unhealthy_after).toBeNull();
  // It got about: most operations, and answers of every kind.
  expect(report.operations).toBeGreaterThan(40);
  for (const status of [200, 201, 202, 204, 400, 401, 403, 404, 409, 413, 415, 422])
    expect([status, report.statuses[status] > 0]).toEqual([status, true]);
}, 300_000);
