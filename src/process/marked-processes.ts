import { open, readdir, readFile } from 'node:fs/promises';

/** As many as Linux has by default; those beyond are not looked at. */
const maxProcesses = 32_768;
/** Where the environment of a process is searched. */
const maxEnvironmentBytes = 2 ** 17;

interface Search {
  readonly beginning: string;
  readonly resolve: (pids: number[]) => void;
}

/**
 * Finds processes by a variable in their environment, which children inherit, also those that have left the process
 * group and the session of their ancestor.
 *
 * One scan of `/proc` goes on at a time and serves all searches that waited for it; it reads one file after the other
 * and does not hold up the event loop. Processes of other users are not seen, and none where there is no `/proc`.
 */
export class MarkedProcesses {
  #waiting: Search[] = [];
  #isScanning = false;

  /** The ids of the processes with a variable that begins so, as in `NAME=val`. Never rejects. */
  find(beginning: string): Promise<number[]> {
    return new Promise((resolve) => {
      this.#waiting.push({ beginning, resolve });
      if (!this.#isScanning) void this.#scan();
    });
  }

  async #scan(): Promise<void> {
    this.#isScanning = true;
    while (this.#waiting.length > 0) {
      const searches = this.#waiting;
      this.#waiting = [];
      const found = searches.map(({ beginning, resolve }) => ({
        entry: Buffer.from(`\0${beginning}`),
        pids: [] as number[],
        resolve,
      }));
      for await (const { pid, environment } of environments()) {
        for (const { entry, pids } of found) if (environment.includes(entry)) pids.push(pid);
      }
      for (const { pids, resolve } of found) resolve(pids);
    }
    this.#isScanning = false;
  }
}

/** The value of a variable in the environment of a process; null when it has none, or is gone. */
export async function readVariable(pid: number, name: string): Promise<string | null> {
  const environment = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '');
  const variable = environment.split('\0').find((entry) => entry.startsWith(`${name}=`));
  return variable?.slice(name.length + 1) ?? null;
}

/** Each with a zero byte before and after every variable; the buffer is used again for the next. */
async function* environments(): AsyncGenerator<{ pid: number; environment: Buffer }> {
  const names = await readdir('/proc').catch((): string[] => []);
  const pids = names.filter((name) => /^\d+$/.test(name)).slice(0, maxProcesses);
  const buffer = Buffer.alloc(maxEnvironmentBytes);
  for (const pid of pids) {
    const length = await readEnvironment(pid, buffer);
    if (length > 0) yield { pid: Number(pid), environment: buffer.subarray(0, length + 1) };
  }
}

/** Reads it behind a zero byte; 0 when the process is gone, a zombie or another user's. */
async function readEnvironment(pid: string, buffer: Buffer): Promise<number> {
  const file = await open(`/proc/${pid}/environ`).catch(() => null);
  if (file === null) return 0;
  try {
    return (await file.read(buffer, 1, buffer.length - 1, 0)).bytesRead;
  } catch {
    return 0;
  } finally {
    await file.close().catch(() => undefined);
  }
}
