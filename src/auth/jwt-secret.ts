import { Module } from '@nestjs/common';
import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { link, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Config } from '../config/config.js';
import { makePrivateFolder } from '../config/data-folder.js';

/** Injection token of the `KeyObject` that signs access tokens and seals refresh tokens. */
export const SIGNING_KEY = Symbol('SIGNING_KEY');

const secretBytes = 32;

/**
 * The signing key: `JWT_SECRET`, else 32 random bytes made once and kept in `<dataDir>/jwt-secret`.
 * Nodes that share a database must share the secret too, through `JWT_SECRET`.
 *
 * @throws Error when the kept secret is shorter than 32 bytes
 */
export async function loadSigningKey(config: Pick<Config, 'auth' | 'dataDir'>): Promise<KeyObject> {
  if (config.auth.jwtSecret !== null) return createSecretKey(config.auth.jwtSecret, 'utf8');
  const file = join(config.dataDir, 'jwt-secret');
  const kept = (await readIfPresent(file)) ?? (await makeSecret(config.dataDir, file));
  const secret = Buffer.from(kept.trim(), 'hex');
  if (secret.length < secretBytes)
    throw new Error(
      `${file} holds ${secret.length} bytes of secret, needs ${secretBytes}; delete it to make another`,
    );
  return createSecretKey(secret);
}

async function readIfPresent(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/**
 * Written whole beside its final name and then linked to it: of two processes that start together one
 * wins, and neither ever reads half a secret.
 */
async function makeSecret(dataDir: string, file: string): Promise<string> {
  makePrivateFolder(dataDir);
  const draft = `${file}.${randomBytes(8).toString('hex')}`;
  const handle = await open(draft, 'wx', 0o600);
  try {
    await handle.writeFile(`${randomBytes(secretBytes).toString('hex')}\n`);
    await handle.sync();
    await link(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await handle.close();
    await rm(draft);
  }
  return await readFile(file, 'utf8');
}

@Module({
  providers: [{ provide: SIGNING_KEY, useFactory: loadSigningKey, inject: [Config] }],
  exports: [SIGNING_KEY],
})
export class SigningKeyModule {}
