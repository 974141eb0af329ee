import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { waitFor } from './server.js';

const main = join(import.meta.dirname, '..', '..', 'dist', 'src', 'main.js');

/** A server's process from its very start, with no admin password but what it is given. */
export class Start {
  log = '';
  /** Of the log, what it said on standard error. */
  errors = '';
  readonly ended: Promise<number | null>;
  readonly #process: ChildProcess;

  constructor(dataDir: string, environment: Record<string, string> = {}) {
    this.#process = spawn(process.execPath, [main], {
      env: { PATH: process.env.PATH, PORT: '0', HEADROOM_DATA_DIR: dataDir, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#process.stdout!, this.#process.stderr!])
      stream.on('data', (chunk: Buffer) => (this.log += chunk.toString()));
    this.#process.stderr!.on('data', (chunk: Buffer) => (this.errors += chunk.toString()));
    this.ended = new Promise((resolve) => this.#process.once('close', resolve));
  }

  get url(): string | null {
    return /Headroom is ready at (\S+)/.exec(this.log)?.[1] ?? null;
  }

  /** Waits until it is ready, or has given up. */
  async settled(): Promise<this> {
    let isOver = false;
    void this.ended.then(() => (isOver = true));
    await waitFor(() => (isOver || this.url !== null ? true : null), 90_000);
    return this;
  }

  /** Passwords that it has shown. */
  get shownPasswords(): string[] {
    return [...this.log.matchAll(/First admin: admin \/ (\S+)/g)].map(([, password]) => password!);
  }

  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.ended;
  }
}
