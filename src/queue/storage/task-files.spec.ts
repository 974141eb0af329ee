import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { attemptKey, namesIn, removeTaskFiles, taskIdIn } from './task-files.js';

test.each(['t.1.json.gz', 't.1.log', 't.parts', 't.1.json.gz.77.tmp', 't'])(
  '%s belongs to the task t',
  (name) => {
    expect(taskIdIn(name)).toBe('t');
  },
);

describe('the files of attempts', () => {
  const names = [
    't-2.1.log',
    't.1.json.gz',
    't.1.json.gz.77.tmp',
    't.1.model.json.gz',
    't.10.json.gz',
    't.2.json.gz',
    't.parts',
    't2.1.json.gz',
  ];
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'headroom-task-files-'));
    for (const name of names) {
      if (name.endsWith('.parts')) mkdirSync(join(folder, name, 'deep'), { recursive: true });
      else writeFileSync(join(folder, name), '');
    }
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  test.each<[string[], 'all' | 'unfinished', string[]]>([
    [[attemptKey('t', 1)], 'all', ['t.1.json.gz', 't.1.json.gz.77.tmp', 't.1.model.json.gz']],
    [[attemptKey('t', 1)], 'unfinished', ['t.1.json.gz.77.tmp']],
    [[attemptKey('t', 2)], 'unfinished', []],
    [[attemptKey('t', 'parts')], 'all', ['t.parts']],
    [['t'], 'all', names.filter((name) => name.startsWith('t.'))],
    [['t2', attemptKey('t', 10)], 'all', ['t.10.json.gz', 't2.1.json.gz']],
    [['', 'absent', attemptKey('absent', 1)], 'all', []],
    [[], 'all', []],
  ])('named by %j, %s, are removed and no others', async (keys, which, removed) => {
    await removeTaskFiles(folder, new Set(keys), which);
    expect(readdirSync(folder).sort()).toEqual(names.filter((name) => !removed.includes(name)));
    await removeTaskFiles(folder, new Set(keys), which);
    expect(readdirSync(folder)).toHaveLength(names.length - removed.length);
  });

  test('are none in a folder that does not exist', async () => {
    const absent = join(folder, 'absent');
    expect(await namesIn(absent)).toEqual([]);
    await expect(removeTaskFiles(absent, new Set(['t']))).resolves.toBeUndefined();
  });

  test('cannot be told of a folder that cannot be read', async () => {
    const noFolder = join(folder, 't.1.json.gz');
    await expect(namesIn(noFolder)).rejects.toMatchObject({ code: 'ENOTDIR' });
    await expect(removeTaskFiles(noFolder, new Set(['t']))).rejects.toMatchObject({ code: 'ENOTDIR' });
  });
});
