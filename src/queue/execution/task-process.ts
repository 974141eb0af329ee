import { spawn, type ChildProcess } from 'node:child_process';
import type { Duplex } from 'node:stream';
import type { TaskError } from '@app/contracts';
import type { Clock } from '../../clock/clock.js';
import type { StopReason } from '../domain/attempt-outcome.js';
import { taskError } from '../domain/task-error-codes.js';
import { crashMessage } from './crash-message.js';
import { FrameReader, toFrame } from './message-frames.js';
import { ProcessPipes } from './process-pipes.js';
import { parseTaskMessage, type ServerMessage, type TaskMessage } from './task-messages.js';
import { TailBuffer } from './tail-buffer.js';
import { storableSummary } from './task-summary.js';
import type {
  ProcessEnd,
  ProcessHandle,
  ProcessObserver,
  ProcessOrder,
  ProcessUse,
} from './process-launcher.js';

export interface TaskProcessOptions {
  readonly order: ProcessOrder;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly observer: ProcessObserver;
  readonly clock: Clock;
  /** Called once after the end of the process when it may have left others behind that are outside of its group. */
  readonly onLeftBehind: () => void;
  /** Node's by default. */
  readonly spawnProcess?: typeof spawn;
}

/**
 * `starting`: the operating system was asked for it; `stopping`: it has been told to end, or is made to; `exited`: it
 * is gone and its pipes are read to their end; `ended`: `ended` has settled.
 */
type State = 'starting' | 'running' | 'stopping' | 'exited' | 'ended';

const termAfterMs = 500;
const killAfterMs = 1500;
/** For what is left in the pipes of a process that is gone; another process may hold them open for ever. */
const pipeGraceMs = 500;
/** A process that has reported its end exits by itself in this time, or is killed. */
const lingerMs = 5000;
const maxInvalidMessages = 10;
const stderrTailBytes = 16_384;

/** One process of a task, the leader of its process group. It has no time limit here. */
export class TaskProcess implements ProcessHandle {
  readonly ended: Promise<ProcessEnd>;
  #settle!: (end: ProcessEnd) => void;
  #state: State = 'starting';
  #child: ChildProcess | null = null;
  #channel: Duplex | null = null;
  readonly #pipes: ProcessPipes;
  readonly #timers = new Set<() => void>();
  #stopReason: StopReason | null = null;
  /** The end that its messages have decided; the first stands. */
  #reported: ProcessEnd | null = null;
  #use: ProcessUse | null = null;
  #invalidMessages = 0;
  #hasStartedProcesses = false;
  readonly #stderrTail = new TailBuffer(stderrTailBytes);

  constructor(private readonly options: TaskProcessOptions) {
    this.#pipes = new ProcessPipes(options.clock);
    this.ended = new Promise((resolve) => (this.#settle = resolve));
    try {
      this.#start();
    } catch (error) {
      this.#signalGroup('SIGKILL');
      this.#onSpawnFailed(error);
    }
  }

  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  isAlive(): boolean {
    if (this.#state === 'ended') return false;
    return this.pid === null || this.#state === 'exited' || exists(this.pid);
  }

  stop(reason: StopReason): void {
    if (this.#state !== 'starting' && this.#state !== 'running') return;
    this.#stopReason = reason;
    this.#beginStop();
  }

  #start(): void {
    const { command, args, env, spawnProcess = spawn } = this.options;
    const child = spawnProcess(command, [...args], {
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      // Makes it the leader of a process group and of a session.
      detached: true,
      env,
    });
    this.#child = child;
    child.on('error', (error) => {
      // Also emitted when a signal cannot be sent, which changes nothing.
      if (child.pid === undefined) this.#onSpawnFailed(error);
    });
    // Without a process there may be no pipes either.
    if (child.pid === undefined) return;
    child.once('spawn', () => {
      if (this.#state === 'starting') this.#state = 'running';
    });
    child.once('exit', (code, signal) => {
      this.#onExit(code, signal);
    });
    const { stdout, stderr } = child;
    const channel = child.stdio[3] as Duplex | null | undefined;
    if (stdout === null || stderr === null || !channel) throw new Error('The process has no pipes.');
    this.#channel = channel;
    const { observer } = this.options;
    const onStdout = (chunk: Buffer) => {
      observer.onOutput('stdout', chunk);
    };
    const onStderr = (chunk: Buffer) => {
      this.#stderrTail.append(chunk);
      observer.onOutput('stderr', chunk);
    };
    this.#pipes.read([
      [stdout, onStdout],
      [stderr, onStderr],
    ]);
    const frames = new FrameReader((frame) => {
      this.#onFrame(frame);
    });
    const onMessages = (chunk: Buffer) => {
      frames.push(chunk);
    };
    this.#pipes.read([[channel, onMessages]]);
    this.#send(runMessage(this.options.order));
  }

  #onFrame(frame: string | null): void {
    // After its end is decided nothing that it says counts.
    if (this.#reported !== null || this.#state === 'ended') return;
    const message = frame === null ? null : parseTaskMessage(frame);
    if (message === null) this.#onInvalidMessage();
    else this.#onMessage(message);
  }

  #onMessage(message: TaskMessage): void {
    switch (message.type) {
      case 'progress':
        this.options.observer.onProgress(message.description, message.progress);
        return;
      case 'child-started':
        this.#hasStartedProcesses = true;
        return;
      case 'done': {
        this.#use = message.use;
        const summary = storableSummary(message.summary);
        this.#report('value' in summary ? { type: 'done', summary: summary.value } : failed(summary.error));
        return;
      }
      case 'failed':
        this.#use = message.use;
        // A task that was told to stop throws because of it.
        if (this.#stopReason === null) this.#report(failed(this.#explain(message.error)));
    }
  }

  #onInvalidMessage(): void {
    this.#invalidMessages += 1;
    if (this.#invalidMessages < maxInvalidMessages) return;
    const text = `The task's process sent ${maxInvalidMessages} messages that are invalid or too large.`;
    this.#reported = failed(taskError('PROTOCOL_ERROR', text));
    if (this.#state === 'starting' || this.#state === 'running') this.#beginStop();
  }

  #report(end: ProcessEnd): void {
    this.#reported = end;
    this.#after(lingerMs, () => {
      this.#signalGroup('SIGKILL');
    });
  }

  #beginStop(): void {
    this.#state = 'stopping';
    this.#send({ type: 'abort' });
    this.#after(termAfterMs, () => {
      this.#signalGroup('SIGTERM');
    });
    this.#after(killAfterMs, () => {
      this.#signalGroup('SIGKILL');
    });
  }

  #onSpawnFailed(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    this.#end(
      this.#stopReason === null
        ? { type: 'spawn-failed', message }
        : { type: 'stopped', reason: this.#stopReason },
    );
  }

  #onExit(code: number | null, signal: NodeJS.Signals | null): void {
    if (this.#state === 'ended') return;
    this.#state = 'exited';
    this.#cancelTimers();
    const hadGroup = this.#signalGroup('SIGKILL');
    const conclude = (pipesAreHeld: boolean) => {
      if (this.#state === 'ended') return;
      this.#end(this.#endAfterExit(code, signal));
      if (hadGroup || pipesAreHeld || this.#hasStartedProcesses) this.options.onLeftBehind();
    };
    this.#after(pipeGraceMs, () => {
      // After a pause of this server the timer comes before what has arrived meanwhile, so that is read first.
      setImmediate(() =>
        setImmediate(() => {
          conclude(true);
        }),
      );
    });
    this.#pipes.drain(() => {
      conclude(false);
    });
  }

  #endAfterExit(code: number | null, signal: NodeJS.Signals | null): ProcessEnd {
    const end = this.#reported ?? this.#endWithoutReport(code, signal);
    return this.#use === null ? end : { ...end, use: this.#use };
  }

  #endWithoutReport(code: number | null, signal: NodeJS.Signals | null): ProcessEnd {
    if (this.#stopReason !== null) return { type: 'stopped', reason: this.#stopReason };
    const stderr = this.#stderrTail.toString();
    if (/heap out of memory|Array buffer allocation failed|bad_alloc/.test(stderr)) {
      return failed(this.#explain(taskError('OUT_OF_MEMORY', '')));
    }
    if (signal === 'SIGKILL' || code === 137) return { type: 'killed' };
    return failed(taskError('CRASHED', crashMessage(code, signal, stderr)));
  }

  #explain(error: TaskError): TaskError {
    if (error.code !== 'OUT_OF_MEMORY') return error;
    const { memoryLimitMb } = this.options.order;
    return taskError(error.code, `The task needed more than its limit of ${memoryLimitMb} MB.`);
  }

  #end(end: ProcessEnd): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#cancelTimers();
    this.#pipes.destroy();
    this.#settle(end);
  }

  #send(message: ServerMessage): void {
    // If the process is gone, its exit event follows.
    if (this.#channel?.writable === true) this.#channel.write(toFrame(message));
  }

  /** Whether there was a process to signal. */
  #signalGroup(signal: NodeJS.Signals): boolean {
    try {
      return this.pid !== null && process.kill(-this.pid, signal);
    } catch {
      return false;
    }
  }

  #after(ms: number, action: () => void): void {
    this.#timers.add(this.options.clock.after(ms, action));
  }

  #cancelTimers(): void {
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
  }
}

function failed(error: TaskError): ProcessEnd {
  return { type: 'failed', error };
}

function runMessage({ entry, memoryLimitMb: _, ...order }: ProcessOrder): ServerMessage {
  return { type: 'run', entry: entry.href, ...order };
}

function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
