import { describe, expect, it } from '@jest/globals';
import { fit, widthOf } from './text-width.js';

describe('fit', () => {
  it('pads and cuts to the columns asked for, emoji counting two', () => {
    expect(widthOf('📊 day')).toBe(6);
    expect(fit('📊 day', 8)).toBe('📊 day  ');
    expect(fit('📊 day', 5)).toBe('📊 d…');
  });

  it('never splits an emoji in two: a blank stands where its half would', () => {
    expect(fit('a📊b', 3)).toBe('a… ');
    expect(widthOf(fit('a📊b', 3))).toBe(3);
  });
});
