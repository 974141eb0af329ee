import { mkdtempSync, readdirSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readResultText, readResultTextSync, ResultUnreadableError, writeResult } from './result-file.js';

describe('a result file', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'headroom-result-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  test('holds what was written and leaves no other file behind', async () => {
    const path = join(folder, 'deep', 'result.json.gz');
    writeResult(path, { equity: [1, 2, 3] });
    expect(JSON.parse(await readResultText(path))).toEqual({ equity: [1, 2, 3] });
    expect(readResultTextSync(path)).toBe('{"equity":[1,2,3]}');
    expect(readdirSync(join(folder, 'deep'))).toEqual(['result.json.gz']);
  });

  test('that was cut short is an error, not half a result', async () => {
    const path = join(folder, 'result.json.gz');
    writeResult(path, { equity: Array.from({ length: 1000 }, (_, i) => i) });
    truncateSync(path, 100);
    await expect(readResultText(path)).rejects.toBeInstanceOf(ResultUnreadableError);
  });
});
