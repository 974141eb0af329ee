import { describe, expect, test } from '@jest/globals';
import { canMove, IllegalLoopStateError, loopTransitions, type LoopState } from './loop-state.js';

const states = Object.keys(loopTransitions) as LoopState[];

describe('the states of the scheduling loop', () => {
  test.each<[LoopState, LoopState, boolean]>([
    // The queue may be found paused when it is first loaded, and the server may stop before that.
    ['starting', 'paused', true],
    ['starting', 'draining', true],
    // Nothing is in memory yet that could be read again.
    ['starting', 'reloading', false],
    ['running', 'paused', true],
    ['paused', 'running', true],
    ['reloading', 'paused', true],
    ['draining', 'stopped', true],
  ])('%s to %s: %p', (from, to, expected) => {
    expect(canMove(from, to)).toBe(expected);
  });

  test('all but the last two may end in a shutdown, and only a shutdown ends in a stop', () => {
    expect(states.filter((from) => canMove(from, 'draining'))).toEqual([
      'starting',
      'running',
      'paused',
      'reloading',
    ]);
    expect(states.filter((from) => canMove(from, 'stopped'))).toEqual(['draining']);
  });

  test('never lead to themselves or back to the start', () => {
    for (const state of states)
      expect([canMove(state, state), canMove(state, 'starting')]).toEqual([false, false]);
  });

  test('lead from a queue that is read again to the pause or the run it came from', () => {
    const around = states.filter((state) => canMove(state, 'reloading'));
    expect(around).toEqual(['running', 'paused']);
    expect(around.every((state) => canMove('reloading', state))).toBe(true);
  });

  test('are both named where a change is refused', () => {
    expect(new IllegalLoopStateError('draining', 'running')).toMatchObject({
      name: 'IllegalLoopStateError',
      message: 'The scheduling loop cannot go from draining to running.',
    });
  });
});
