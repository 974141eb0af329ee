import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { runOracles } from '../src/cli/oracles/run-oracles.js';

const shared = fileURLToPath(new URL('../../shared/', import.meta.url));
const isPresent = existsSync(`${shared}oracles/cases`);

describe('reference results', () => {
  // The reference results are not part of the repository; without them there is nothing to compare with.
  (isPresent ? it : it.skip)('are reproduced in every field of every case', () => {
    const report = runOracles({
      cases: `${shared}oracles/cases`,
      data: `${shared}market-data`,
      signals: `${shared}oracles/signals`,
    });
    expect(report.failures).toEqual([]);
    expect(report.passed).toBeGreaterThan(100);
  });
});
