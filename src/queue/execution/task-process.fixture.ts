import { afterEach } from '@jest/globals';
import { Clock } from '../../clock/clock.js';
import { TaskProcess, type TaskProcessOptions } from './task-process.js';
import type { ProcessOrder } from './process-launcher.js';

export const order: ProcessOrder = {
  taskId: 'a',
  userId: 'u',
  attempt: 1,
  entry: new URL('file:///module.mjs'),
  payload: { days: 30 },
  dataDir: '/data',
  resultPath: '/data/results/a.1.json.gz',
  shard: null,
  shardResults: [],
  memoryLimitMb: 512,
};

/** What a script finds: `say(message)` resolves when it is sent, `hear(type)` when that has come, `orders` are all. */
const prelude = `
  const { Socket } = require('node:net');
  const channel = new Socket({ fd: 3, readable: true, writable: true });
  const raw = (text) => new Promise((resolve) => channel.write(text, resolve));
  const use = { loadedAtMs: 5, cpuSeconds: 0.5, peakRamMb: 60 };
  const hear = (type) => new Promise((resolve) => channel.on('data', (chunk) => {
    for (const line of String(chunk).trim().split('\\n')) if (JSON.parse(line).type === type) resolve(JSON.parse(line));
  }));
  // A process that exits with its order unread resets the channel, and what it has said may be lost.
  const ordered = hear('run');
  const say = (message) => ordered.then(() => raw(JSON.stringify(message) + '\\n'));
`;

interface Run {
  readonly process: TaskProcess;
  readonly said: (readonly [string, number | null])[];
  readonly output: () => string;
  readonly leftBehind: () => number;
  /** Resolves when the process has said so by progress. */
  saying(description: string): Promise<void>;
}

const runs: TaskProcess[] = [];
afterEach(async () => {
  for (const process of runs.splice(0)) {
    if (process.pid !== null && process.isAlive()) killGroup(process.pid);
    await process.ended;
  }
});

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It is gone already.
  }
}

/** Starts a process of this script after `prelude`; it is killed after the test. */
export function start(script: string, options: Partial<TaskProcessOptions> = {}): Run {
  const said: (readonly [string, number | null])[] = [];
  const listeners = new Map<string, () => void>();
  let output = '';
  let leftBehind = 0;
  const taskProcess = new TaskProcess({
    order,
    command: process.execPath,
    args: ['-e', prelude + script],
    env: { PATH: process.env.PATH },
    observer: {
      onProgress: (description, progress) => {
        said.push([description, progress]);
        listeners.get(description)?.();
      },
      onOutput: (_, chunk) => (output += chunk.toString()),
    },
    clock: new Clock(),
    onLeftBehind: () => (leftBehind += 1),
    ...options,
  });
  runs.push(taskProcess);
  return {
    process: taskProcess,
    said,
    output: () => output,
    leftBehind: () => leftBehind,
    saying: (description) =>
      said.some(([text]) => text === description)
        ? Promise.resolve()
        : new Promise((resolve) => listeners.set(description, resolve)),
  };
}

/** Whether the operating system has a process that is no zombie. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
