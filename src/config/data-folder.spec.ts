import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ConfigError } from './config.js';
import { prepareDataFolder } from './data-folder.js';

const modeOf = (path: string) => (statSync(path).mode & 0o7777).toString(8);

describe('the data folder', () => {
  let place: string;
  beforeEach(() => {
    place = mkdtempSync(join(tmpdir(), 'headroom-folder-'));
  });
  afterEach(() => {
    rmSync(place, { recursive: true, force: true });
  });

  test('is made for its owner alone, with those above it and in it', () => {
    const folder = join(place, 'a', 'b');
    prepareDataFolder(folder);
    const all = [join(place, 'a'), folder, join(folder, 'results'), join(folder, 'market-data')];
    expect(all.map(modeOf)).toEqual(['700', '700', '700', '700']);
  });

  test('that was open to others is closed to them', () => {
    const folder = join(place, 'data');
    mkdirSync(folder);
    chmodSync(folder, 0o755);
    prepareDataFolder(folder);
    expect(modeOf(folder)).toBe('700');
  });

  test('stays open where it is a place for everybody', () => {
    const folder = join(place, 'tmp');
    mkdirSync(folder);
    chmodSync(folder, 0o1777);
    prepareDataFolder(folder);
    expect(modeOf(folder)).toBe('1777');
  });

  test('is refused by the name of its setting where a file is, or below one', () => {
    const file = join(place, 'file');
    writeFileSync(file, '');
    for (const folder of [file, join(file, 'data')]) {
      expect(() => {
        prepareDataFolder(folder);
      }).toThrow(ConfigError);
      expect(() => {
        prepareDataFolder(folder);
      }).toThrow(/^HEADROOM_DATA_DIR: .*file.* cannot be used \((EEXIST|ENOTDIR).*\)\. Set it to a folder/);
    }
  });

  // Only Linux has it.
  (process.platform === 'linux' ? test : test.skip)('is refused where nobody can make one', () => {
    expect(() => {
      prepareDataFolder('/proc/nope/data');
    }).toThrow(/^HEADROOM_DATA_DIR: \/proc\/nope\/data cannot be used \(ENOENT/);
  });
});
