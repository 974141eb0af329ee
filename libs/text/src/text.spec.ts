import { describe, expect, test } from '@jest/globals';
import { boundedText, storableText } from './text.js';

describe('bounded text', () => {
  test('is the text itself when it is short enough', () => {
    expect(boundedText('naïve 📊', 7)).toBe('naïve 📊');
  });

  test('is cut by code points and says so', () => {
    expect(boundedText('ab📊📊📊', 4)).toBe('ab📊…');
    expect(boundedText('📊'.repeat(1000), 3)).toBe('📊📊…');
  });

  test('holds neither NUL nor half of a surrogate pair', () => {
    expect(boundedText('a\u0000b\ud83d', 10)).toBe('a\uFFFDb\uFFFD');
    expect(storableText('\udcca📊')).toBe('\uFFFD📊');
  });

  test('takes no longer for a long text', () => {
    expect(Array.from(boundedText('x'.repeat(50_000_000), 2000))).toHaveLength(2000);
  });
});
