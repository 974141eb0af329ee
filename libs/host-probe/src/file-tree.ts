import { closeSync, openSync, readSync, statSync } from 'node:fs';

/** What a kernel file answers when it, its cgroup or its feature is not there (or not for us to see). */
const ABSENT = new Set(['ENOENT', 'ENOTDIR', 'ENODEV', 'ESRCH', 'EACCES', 'EPERM', 'EOPNOTSUPP', 'ENOSYS']);
const FIRST_BUFFER_BYTES = 16 * 1024;

/**
 * Reads the small files of a host's `/proc` and `/sys`, below a root that tests choose. Reads are synchronous: the
 * kernel makes these files up in memory, so open, read and close cost about 10 µs and never wait for a disk, while a
 * trip through the thread pool costs more than that and may find the pool busy.
 */
export class FileTree {
  readonly #root: string;
  #buffer = Buffer.allocUnsafeSlow(FIRST_BUFFER_BYTES);

  constructor(root = '/') {
    this.#root = root.endsWith('/') ? root.slice(0, -1) : root;
  }

  /** The whole text of an absolute path, or null when it is absent; other errors (too many open files, …) are thrown. */
  read(path: string): string | null {
    try {
      return this.#readWhole(this.#root + path);
    } catch (error) {
      if (isAbsence(error)) return null;
      throw error;
    }
  }

  isDirectory(path: string): boolean {
    try {
      return statSync(this.#root + path, { throwIfNoEntry: false })?.isDirectory() ?? false;
    } catch (error) {
      if (isAbsence(error)) return false;
      throw error;
    }
  }

  #readWhole(path: string): string {
    const fd = openSync(path, 'r');
    try {
      let length = 0;
      for (;;) {
        if (length === this.#buffer.length) this.#grow();
        const count = readSync(fd, this.#buffer, length, this.#buffer.length - length, null);
        if (count === 0) return this.#buffer.toString('utf8', 0, length);
        length += count;
      }
    } finally {
      closeSync(fd);
    }
  }

  #grow(): void {
    const larger = Buffer.allocUnsafeSlow(this.#buffer.length * 2);
    this.#buffer.copy(larger);
    this.#buffer = larger;
  }
}

function isAbsence(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && ABSENT.has(String(error.code));
}
