import { spawn, type ChildProcess } from 'node:child_process';
import { atExit } from './at-exit.js';
import { lastLines, showOnFailure } from './failure-logs.js';
import { serverEntry } from './paths.js';
import { interruptWaits } from './waiting.js';

export interface ServerProcessOptions {
  /** Shown in messages. */
  readonly name?: string;
  /** Arguments of Node: the program and what comes before and after it; the built server by default. */
  readonly args?: readonly string[];
  /** All variables but PATH. */
  readonly environment: Readonly<Record<string, string>>;
  /** In a process group of its own, so that Ctrl-C on a terminal does not reach it. */
  readonly detached?: boolean;
  /** Whether an end that nothing here asked for ends every wait of this process; false by default. */
  readonly interruptsWaits?: boolean;
}

const keptLogChars = 4_000_000;
const startMs = 120_000;
const closeGraceMs = 1000;

/** A server in a process of its own, from its start to its end. It ends with this process at the latest. */
export class ServerProcess {
  /** The end of what it has written, standard output and error together. */
  log = '';
  /** What of it was written to standard error. */
  errors = '';
  /** Where it is ready; null before. */
  url: string | null = null;
  /** From the start of the process to its ready line. */
  readyMs: number | null = null;
  /** Its exit code; null when a signal ended it. */
  readonly ended: Promise<number | null>;
  readonly #name: string;
  readonly #process: ChildProcess;
  readonly #stopInterrupting: () => void;
  #isMeantToEnd = false;
  #onReady: () => void = () => undefined;

  constructor(options: ServerProcessOptions) {
    this.#name = options.name ?? 'The server';
    const startedAt = performance.now();
    const child = spawn(process.execPath, options.args ?? [serverEntry], {
      env: { PATH: process.env.PATH, ...options.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: options.detached ?? false,
    });
    this.#process = child;
    const forget = atExit(() => child.kill('SIGKILL'));
    child.stdout.on('data', (chunk: Buffer) => this.#write(chunk.toString(), startedAt));
    child.stderr.on('data', (chunk: Buffer) => {
      this.errors = (this.errors + chunk.toString()).slice(-keptLogChars);
      this.#write(chunk.toString(), startedAt);
    });
    const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
    this.ended = new Promise((resolve) => {
      child.once('error', () => resolve(null));
      child.once('exit', (code) => {
        forget();
        // A process that it has started may hold its output open for longer.
        const grace = setTimeout(() => resolve(code), closeGraceMs);
        void closed.then(() => {
          clearTimeout(grace);
          resolve(code);
        });
      });
    });
    showOnFailure({ name: this.#name, text: () => this.log, isOver: () => this.hasEnded });
    const isWatched = options.interruptsWaits ?? false;
    this.#stopInterrupting = isWatched ? interruptWaits(() => this.unexpectedEnd()) : () => undefined;
  }

  get pid(): number {
    return this.#process.pid!;
  }

  get hasEnded(): boolean {
    return this.#process.exitCode !== null || this.#process.signalCode !== null;
  }

  /** The error that tells of an end which nothing here asked for; null while there is none. */
  unexpectedEnd(): Error | null {
    if (!this.hasEnded || this.#isMeantToEnd) return null;
    const how = this.#process.signalCode ?? `exit code ${this.#process.exitCode}`;
    return new Error(`${this.#name} ended by itself (${how}):\n${lastLines(this.log)}`);
  }

  /**
   * The address of a server that is ready.
   *
   * @throws Error with the end of its log when it ends before, or is not ready in time
   */
  async ready(withinMs = startMs): Promise<string> {
    await this.settled(withinMs);
    if (this.url !== null) return this.url;
    if (this.hasEnded) {
      throw this.unexpectedEnd() ?? new Error(`${this.#name} was ended before it was ready.`);
    }
    throw new Error(`${this.#name} was not ready after ${withinMs / 1000} s:\n${lastLines(this.log)}`);
  }

  /** Waits until it is ready or has ended, for so long at most. */
  async settled(withinMs = startMs): Promise<this> {
    const isReady = new Promise<void>((resolve) => {
      this.#onReady = resolve;
      if (this.url !== null) resolve();
    });
    let timer: NodeJS.Timeout | undefined;
    const isLate = new Promise((resolve) => (timer = setTimeout(resolve, withinMs)));
    await Promise.race([isReady, this.ended, isLate]);
    clearTimeout(timer);
    return this;
  }

  /** It is about to end without a signal from here; resolves with its exit code when it has. */
  expectEnd(): Promise<number | null> {
    this.#isMeantToEnd = true;
    this.#stopInterrupting();
    return this.ended;
  }

  /** Sends a signal that ends it and waits for that; the exit code, null when the signal ended it. */
  end(signal: NodeJS.Signals): Promise<number | null> {
    this.#process.kill(signal);
    return this.expectEnd();
  }

  /** Sends a signal that does not end it, such as SIGSTOP. */
  signal(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  #write(text: string, startedAt: number): void {
    this.log = (this.log + text).slice(-keptLogChars);
    if (this.url !== null) return;
    this.url = /[Rr]eady at (https?:\/\/\S+)/.exec(this.log)?.[1] ?? null;
    if (this.url === null) return;
    this.readyMs = performance.now() - startedAt;
    this.#onReady();
  }
}
