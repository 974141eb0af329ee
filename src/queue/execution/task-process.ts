import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { TaskError } from '@app/contracts';
import type { ChildUse, FromChild, ToChild } from './task-messages.js';
import { taskCommand } from '../../process/process-wrappers.js';
import type { ShardOrder } from '@app/tasks-sdk';

const stopReasons = ['cancelled', 'time-limit', 'returned', 'memory', 'lost', 'abandoned'] as const;

/**
 * Why a task's process is stopped. `lost`: another node has the task by now; `abandoned`: another part of
 * the same task has ended it.
 */
export type StopReason = (typeof stopReasons)[number];

/** How a task's process ended. */
export type ProcessEnd =
  | { type: 'done'; summary: unknown; use: ChildUse }
  | { type: 'failed'; error: TaskError; use?: ChildUse }
  /** By the system, as it does when memory runs out. */
  | { type: 'killed' }
  | { type: 'stopped'; reason: StopReason };

/** All that `wordOfEnd` may say. */
export const wordsOfEnd: readonly string[] = ['done', 'failed', 'killed', ...stopReasons];

/** `done`, `failed`, `killed`, or why it was stopped. */
export function wordOfEnd(end: ProcessEnd): string {
  return end.type === 'stopped' ? end.reason : end.type;
}

export interface TaskOrder {
  readonly taskId: string;
  readonly userId: string;
  readonly attempt: number;
  readonly entry: URL;
  readonly payload: unknown;
  readonly dataDir: string;
  readonly resultPath: string;
  readonly part: ShardOrder | null;
  /** Of a combining run: the parts' results, null for those that are missing. */
  readonly partResults: readonly (string | null)[];
  /** Hard limit of the heap and of private memory, in MB. */
  readonly memoryLimitMb: number;
  readonly timeoutS: number;
}

const termAfterMs = 500;
const killAfterMs = 1500;
const errorTextLimit = 16_384;

/**
 * One task in a process of its own.
 *
 * It runs until the module returns (`done`), throws or crashes (`failed`), or is stopped from outside:
 * an abort message first, SIGTERM after half a second, SIGKILL after one and a half. `ended` settles
 * exactly once, after the process is gone, and never rejects.
 */
export class TaskProcess {
  readonly ended: Promise<ProcessEnd>;
  readonly #child: ChildProcess;
  readonly #timers: NodeJS.Timeout[] = [];
  #stopReason: StopReason | null = null;
  #lastWord: Exclude<FromChild, { type: 'progress' }> | null = null;
  #errorText = '';

  constructor(
    private readonly order: TaskOrder,
    private readonly onProgress: (description: string, progress: number | null) => void,
  ) {
    const entry = fileURLToPath(new URL('./task-process-entry.js', import.meta.url));
    const { command, args } = taskCommand(entry, order.memoryLimitMb);
    this.#child = spawn(command, args, {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      serialization: 'advanced',
      // The server's secrets are none of a task's business.
      env: { PATH: process.env.PATH, NODE_ENV: process.env.NODE_ENV, TZ: 'UTC' },
    });
    this.ended = new Promise((resolve) => {
      this.#child.once('error', (error) => {
        this.#clearTimers();
        resolve({ type: 'failed', error: { code: 'START_FAILED', message: error.message } });
      });
      this.#child.once('close', (code, signal) => {
        this.#clearTimers();
        resolve(this.#end(code, signal));
      });
    });
    this.#child.on('message', (message) => {
      this.#receive(message as FromChild);
    });
    this.#child.stderr!.on('data', (chunk: Buffer) => {
      this.#errorText = (this.#errorText + chunk.toString('utf8')).slice(-errorTextLimit);
    });
    this.#send({
      type: 'run',
      entry: order.entry.href,
      payload: order.payload,
      taskId: order.taskId,
      userId: order.userId,
      attempt: order.attempt,
      dataDir: order.dataDir,
      resultPath: order.resultPath,
      part: order.part,
      partResults: order.partResults,
    });
    this.#after(order.timeoutS * 1000, () => {
      this.stop('time-limit');
    });
  }

  /** Null until the operating system has given one. */
  get pid(): number | null {
    return this.#child.pid ?? null;
  }

  /** Ends the process within two seconds; the first reason given stands. */
  stop(reason: StopReason): void {
    if (this.#stopReason !== null) return;
    this.#stopReason = reason;
    this.#send({ type: 'abort' });
    this.#after(termAfterMs, () => this.#child.kill('SIGTERM'));
    this.#after(killAfterMs, () => this.#child.kill('SIGKILL'));
  }

  #receive(message: FromChild): void {
    if (message.type === 'progress') this.onProgress(message.description, message.progress);
    else this.#lastWord = message;
  }

  #end(code: number | null, signal: NodeJS.Signals | null): ProcessEnd {
    // A result that was complete before the stop arrived is a result.
    if (this.#lastWord?.type === 'done') return this.#lastWord;
    if (this.#stopReason !== null) return { type: 'stopped', reason: this.#stopReason };
    const { memoryLimitMb } = this.order;
    const beyondLimit = `The task needed more than its limit of ${memoryLimitMb} MB.`;
    if (this.#lastWord !== null) {
      const { error } = this.#lastWord;
      if (error.code !== 'OUT_OF_MEMORY') return this.#lastWord;
      return { ...this.#lastWord, error: { ...error, message: beyondLimit } };
    }
    if (/heap out of memory|Array buffer allocation failed|bad_alloc/.test(this.#errorText)) {
      return failed('OUT_OF_MEMORY', beyondLimit);
    }
    if (signal === 'SIGKILL' || code === 137) return { type: 'killed' };
    const how = signal === null ? `exit code ${code ?? 'unknown'}` : `signal ${signal}`;
    const lastLine = this.#errorText.trim().split('\n').at(-1) ?? '';
    return failed(
      'CRASHED',
      `The task's process ended by ${how}.${lastLine && ` ${lastLine.slice(0, 300)}`}`,
    );
  }

  #send(message: ToChild): void {
    if (!this.#child.connected) return;
    // A process that died meanwhile reports its end through `close`.
    this.#child.send(message, () => undefined);
  }

  #after(ms: number, action: () => void): void {
    this.#timers.push(setTimeout(action, Math.min(ms, 2 ** 31 - 1)));
  }

  #clearTimers(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }
}

function failed(code: string, message: string): ProcessEnd {
  return { type: 'failed', error: { code, message } };
}
