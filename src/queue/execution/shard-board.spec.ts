import { describe, expect, test } from '@jest/globals';
import type { Shard } from '../storage/shard-store.js';
import { ShardBoard } from './shard-board.js';

/** A board of shards that are done (`true`) or queued, which began at 10 s. */
function boardOf(...areDone: readonly boolean[]): ShardBoard {
  const shards = areDone.map((isDone, index): Shard => ({
    index,
    attempt: 1,
    status: isDone ? 'completed' : 'queued',
    result: isDone ? `${index}.1.json.gz` : null,
    memoryKills: 0,
  }));
  return new ShardBoard(shards, 10_000);
}

const complete = (board: ShardBoard, index: number) => {
  board.update(index, { status: 'completed', result: `${index}.2.json.gz` });
};

describe('what can start', () => {
  test('are the queued shards by index, except those that are busy', () => {
    const board = boardOf(false, true, false, false);
    expect(board.waiting()).toEqual([0, 2, 3]);
    board.occupy(2);
    board.occupy(2);
    expect([board.waiting(), board.isIdle]).toEqual([[0, 3], false]);
    board.vacate(2);
    expect([board.waiting(), board.isIdle]).toEqual([[0, 2, 3], true]);
  });

  test('is no shard that is stored as running, busy or not', () => {
    const board = boardOf(false, false);
    board.update(0, { status: 'running' });
    expect(board.waiting()).toEqual([1]);
  });

  test('is the reduce once all shards are done, and not while one is still busy', () => {
    const board = boardOf(true, false);
    board.occupy(1);
    expect(board.waiting()).toEqual([]);
    board.update(1, { status: 'running' });
    expect(board.waiting()).toEqual([]);
    complete(board, 1);
    expect(board.waiting()).toEqual(['reduce']);
    expect(boardOf(true).waiting()).toEqual(['reduce']);
  });

  test('is the reduce once more after one that was given up, never beside one or after it was made', () => {
    const board = boardOf(true, true);
    board.occupy('reduce');
    expect([board.waiting(), board.isIdle]).toEqual([[], false]);
    board.vacate('reduce');
    expect(board.waiting()).toEqual(['reduce']);
    board.markReduced();
    expect([board.waiting(), board.mayReduce]).toEqual([[], false]);
  });

  test('is a shard that was queued again, under its new attempt', () => {
    const board = boardOf(true, false);
    board.update(1, { status: 'running' });
    board.update(1, { status: 'queued', attempt: 2, memoryKills: 1 });
    expect(board.waiting()).toEqual([1]);
    expect(board.get(1)).toEqual({ index: 1, attempt: 2, status: 'queued', result: null, memoryKills: 1 });
  });
});

test('results are named by index, with gaps for what is missing', () => {
  const board = boardOf(false, true, false);
  expect([board.results, board.hasResults]).toEqual([[null, '1.1.json.gz', null], true]);
  complete(board, 2);
  expect(board.results).toEqual([null, '1.1.json.gz', '2.2.json.gz']);
  expect(boardOf(false, false).hasResults).toBe(false);
});

test('the board leaves the list that it was given as it was', () => {
  const shards: Shard[] = [{ index: 0, attempt: 1, status: 'queued', result: null, memoryKills: 0 }];
  complete(new ShardBoard(shards, 0), 0);
  expect(shards[0]!.status).toBe('queued');
});

describe('progress', () => {
  test('is the mean of all shards', () => {
    const board = boardOf(true, false, false, false);
    expect(board.fraction).toBe(0.25);
    board.report(1, 0.5);
    board.report(1, 0.75);
    expect(board.fraction).toBe(0.4375);
    complete(board, 1);
    expect(board.fraction).toBe(0.5);
  });

  test('of a shard that runs again begins at nothing', () => {
    const board = boardOf(false, false);
    board.report(0, 0.75);
    board.update(0, { status: 'queued', attempt: 2 });
    expect(board.fraction).toBe(0);
  });
});

describe('the time left', () => {
  test.each<[string, number, number, number | null]>([
    ['is unknown in the first second', 0.5, 10_999, null],
    ['is known after it', 0.5, 11_000, 1],
    ['follows the pace since the attempt began', 0.25, 40_000, 90],
    ['is unknown while nothing was gained', 0, 40_000, null],
    ['is none at the end', 1, 40_000, 0],
  ])('%s', (_, fraction, nowMs, etaS) => {
    const board = boardOf(false, false);
    board.report(0, fraction);
    board.report(1, fraction);
    expect(board.etaS(nowMs)).toBe(etaS);
  });

  test('leaves out what earlier attempts have done', () => {
    const board = boardOf(true, true, false, false);
    expect(board.etaS(20_000)).toBeNull();
    complete(board, 2);
    expect(board.etaS(20_000)).toBe(10);
  });

  test('is unknown when more was lost than gained', () => {
    const board = boardOf(true, false);
    board.update(0, { status: 'queued', attempt: 2, result: null });
    board.report(1, 0.5);
    expect(board.etaS(20_000)).toBeNull();
  });
});
