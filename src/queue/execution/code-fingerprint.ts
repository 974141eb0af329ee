import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that holds the server's `src` and `libs`, as built or as sources. */
const root = join(import.meta.dirname, '..', '..', '..');

let server: Promise<string> | null = null;

/**
 * A digest of a payload and of the code that works on it: the server's own and the task's module. What one version
 * of the code computed is not mixed with what another one computes.
 */
export async function codeFingerprint(entry: URL, payload: unknown): Promise<string> {
  server ??= hashFolders([join(root, 'src'), join(root, 'libs')]).catch((error: unknown) => {
    // What cannot be read now may be read the next time.
    server = null;
    throw error;
  });
  const hash = createHash('sha256');
  hash.update(await server);
  hash.update(await readFile(fileURLToPath(entry)));
  hash.update(JSON.stringify(payload));
  return hash.digest('base64url');
}

async function hashFolders(folders: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const folder of folders) {
    const names = await readdir(folder, { recursive: true });
    for (const name of names.filter((file) => /\.[jt]s$/.test(file)).sort()) {
      hash.update(name).update(await readFile(join(folder, name)));
    }
  }
  return hash.digest('base64url');
}
