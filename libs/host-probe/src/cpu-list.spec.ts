import { describe, expect, it } from '@jest/globals';
import { parseCpuList } from './cpu-list.js';

describe('parseCpuList', () => {
  it.each([
    ['0', [0]],
    ['0-3', [0, 1, 2, 3]],
    ['7,40', [7, 40]],
    ['0-1,8,10-11\n', [0, 1, 8, 10, 11]],
    ['\n', []],
  ])('reads %j', (text, expected) => {
    expect([...parseCpuList(text)]).toEqual(expected);
  });

  it.each(['a', '1-', '1;2', '0-3:2/4'])('refuses %j', (text) => {
    expect(() => parseCpuList(text)).toThrow(`not a CPU list: "${text}"`);
  });
});
