import { rmSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What has to be undone at the end, however the end comes: folders, processes, mounts. All of it is synchronous. */
export class Leftovers {
  #undo = [];
  /** Once everything is undone, nothing new may begin. */
  isCleared = false;

  /** Remembers how to undo something; returns a function that does so now. */
  add(undo) {
    if (this.isCleared) undo();
    this.#undo.push(undo);
    return () => {
      this.#undo = this.#undo.filter((other) => other !== undo);
      undo();
    };
  }

  /** A folder of its own that goes at the end. */
  folder(name) {
    const folder = mkdtempSync(join(tmpdir(), `headroom-faults-${name}-`));
    this.add(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
    return folder;
  }

  /** Undoes everything, the newest first. */
  clear() {
    this.isCleared = true;
    for (let undo = this.#undo.pop(); undo !== undefined; undo = this.#undo.pop()) {
      try {
        undo();
      } catch (error) {
        process.stderr.write(`Could not be undone: ${String(error)}\n`);
      }
    }
  }
}
