import { expect, test } from '@jest/globals';
import { TailBuffer } from './tail-buffer.js';

test('the last bytes are kept, whatever the sizes in which they come', () => {
  for (const size of [1, 7, 100, 4095, 4096, 4097, 9999, 10_000, 10_001, 25_000]) {
    const tail = new TailBuffer(10_000);
    let all = '';
    for (let n = 0; n < 12; n += 1) {
      const part = String.fromCharCode(97 + n).repeat(size - 1) + n.toString(36);
      tail.append(Buffer.from(part));
      all += part;
      expect(tail.length).toBe(Math.min(all.length, 10_000));
      expect(tail.toString()).toBe(all.slice(-10_000));
    }
  }
});

test('nothing is kept of nothing', () => {
  const tail = new TailBuffer(10);
  tail.append(Buffer.alloc(0));
  expect([tail.length, tail.toString()]).toEqual([0, '']);
});
