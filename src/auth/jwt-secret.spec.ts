import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../config/config.js';
import { loadSigningKey } from './jwt-secret.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'headroom-secret-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});
const load = (environment: Record<string, string> = {}) =>
  loadSigningKey(readConfig({ HEADROOM_DATA_DIR: join(folder, 'data'), ...environment }));
const file = () => join(folder, 'data', 'jwt-secret');

describe('loadSigningKey', () => {
  it('takes the configured secret and writes nothing', async () => {
    const key = await load({ JWT_SECRET: 'thirty-two bytes of a test secret' });
    expect(key.export().toString()).toBe('thirty-two bytes of a test secret');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('makes 32 random bytes that only the owner reads, and finds them again', async () => {
    const first = await load();
    expect(first.symmetricKeySize).toBe(32);
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    expect((await load()).equals(first)).toBe(true);
  });

  it('makes one secret when several processes start at once, and leaves no draft', async () => {
    const keys = await Promise.all(Array.from({ length: 8 }, () => load()));
    expect(keys.every((key) => key.equals(keys[0]!))).toBe(true);
    expect(readdirSync(join(folder, 'data'))).toEqual(['jwt-secret']);
  });

  it('refuses a kept secret that was cut short', async () => {
    await load();
    writeFileSync(file(), readFileSync(file(), 'utf8').slice(0, 20));
    await expect(load()).rejects.toThrow('holds 10 bytes of secret, needs 32');
  });
});
