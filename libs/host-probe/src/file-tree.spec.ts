import { afterEach, describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileTree } from './file-tree.js';

describe('FileTree', () => {
  const root = mkdtempSync(join(tmpdir(), 'headroom-tree-'));
  const files = new FileTree(`${root}/`);
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('reads a file longer than its buffer whole, and a short one after it alone', () => {
    mkdirSync(root, { recursive: true });
    const long = 'cpu0 1 2 3\n'.repeat(10_000);
    writeFileSync(join(root, 'long'), long);
    writeFileSync(join(root, 'short'), 'max\n');

    expect(files.read('/long')).toBe(long);
    expect(files.read('/short')).toBe('max\n');
  });

  it('answers null for what is not there, also below a file', () => {
    mkdirSync(root, { recursive: true });
    writeFileSync(join(root, 'file'), 'x');

    expect(files.read('/absent')).toBeNull();
    expect(files.read('/file/below')).toBeNull();
    expect(files.isDirectory('/file')).toBe(false);
    expect(files.isDirectory('/file/below')).toBe(false);
  });

  it('throws what is not absence', () => {
    mkdirSync(join(root, 'folder'), { recursive: true });

    expect(files.isDirectory('/folder')).toBe(true);
    expect(() => files.read('/folder')).toThrow(/EISDIR/);
  });
});
