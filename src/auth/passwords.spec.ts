import { parseOptions } from '@node-rs/argon2';
import { describe, expect, it } from '@jest/globals';
import { Passwords } from './passwords.js';

const admit = () => undefined;

describe('Passwords', () => {
  it('hashes with argon2id at 19 MiB, 2 passes and 1 lane, each time with another salt', async () => {
    const passwords = new Passwords();
    const [first, second] = await Promise.all([passwords.hash('same'), passwords.hash('same')]);
    expect(first).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(parseOptions(first).saltLen).toBe(16);
    expect(first).not.toBe(second);
    expect(await passwords.verify(first, 'same', admit)).toBe(true);
    expect(await passwords.verify(first, 'Same', admit)).toBe(false);
  });

  it('finds no password right for nobody', async () => {
    const passwords = new Passwords();
    await passwords.onModuleInit();
    expect(await passwords.verify(null, '', admit)).toBe(false);
  });

  it('does no work for a check that is not admitted', async () => {
    const passwords = new Passwords();
    const refusal = new Error('not now');
    // Nothing would parse as a hash here: only a check that was never begun can end in the refusal.
    const check = passwords.verify('no hash at all', 'x', () => {
      throw refusal;
    });
    await expect(check).rejects.toBe(refusal);
  });
});
