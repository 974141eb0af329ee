import { expect, it } from '@jest/globals';
import { crc32 } from './crc32.js';

it('gives the published check value of CRC-32', () => {
  expect(crc32('123456789')).toBe('cbf43926');
});
