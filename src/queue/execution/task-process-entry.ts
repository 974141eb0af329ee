import { writeFileSync } from 'node:fs';
import { subscribe } from 'node:diagnostics_channel';
import { Socket } from 'node:net';
import { TaskFailedError, type TaskModule } from '@app/tasks-sdk';
import { boundedText } from '@app/text';
import { FrameReader, toFrame } from './message-frames.js';
import { ReportLimiter } from './report-limiter.js';
import type { ServerMessage, TaskMessageInput } from './task-messages.js';
import { storableSummary } from './task-summary.js';
import { toTaskError, toUncaughtError } from './thrown-error.js';
import type { ProcessUse } from './process-launcher.js';

/**
 * Entry of a task's process: waits for one task, runs it, reports how it ended and exits.
 *
 * It talks with the server in lines of JSON over a socket (`channelFd`), not over Node's channel between processes,
 * whose bytes Node parses in the server without a limit.
 */

const channelFd = 3;
const maxDescriptionCodePoints = 500;
const maxStackCodePoints = 16_384;

const channel = new Socket({ fd: channelFd, readable: true, writable: true });
const abort = new AbortController();
let loadedAtMs: number | null = null;

/** Resolves when the operating system has the message. */
const send = (message: TaskMessageInput) =>
  new Promise<void>((resolve) => {
    channel.write(toFrame(message), () => {
      resolve();
    });
  });

const reports = new ReportLimiter<TaskMessageInput>(
  {
    monotonicMs: () => performance.now(),
    after: (ms, action) => {
      const timer = setTimeout(action, ms);
      return () => {
        clearTimeout(timer);
      };
    },
  },
  (message) => void send(message),
);

/** Takes what a module without types may give. */
function report(description: unknown, progress: unknown): void {
  reports.push({
    type: 'progress',
    description: boundedText(String(description), maxDescriptionCodePoints),
    progress: typeof progress === 'number' && Number.isFinite(progress) ? progress : null,
  });
}

function processUse(): ProcessUse {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  return { loadedAtMs, cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, peakRamMb: Math.ceil(maxRSS / 1024) };
}

async function run(order: Extract<ServerMessage, { type: 'run' }>): Promise<void> {
  try {
    const module = (await import(order.entry)) as { default: TaskModule };
    loadedAtMs = Date.now();
    const summary = await module.default(order.payload, {
      taskId: order.taskId,
      userId: order.userId,
      attempt: order.attempt,
      dataDir: order.dataDir,
      resultPath: order.resultPath,
      shard: order.shard,
      shardResults: order.shardResults,
      signal: abort.signal,
      report,
    });
    reports.flush();
    const storable = storableSummary(summary);
    if ('value' in storable) await send({ type: 'done', summary: storable.value, use: processUse() });
    else await send({ type: 'failed', error: storable.error, use: processUse() });
    process.exit('value' in storable ? 0 : 1);
  } catch (thrown) {
    if (!(thrown instanceof TaskFailedError)) writeStack(thrown);
    reports.flush();
    await send({ type: 'failed', error: toTaskError(thrown), use: processUse() });
    process.exit(1);
  }
}

/** For the task's log. */
function writeStack(thrown: unknown): void {
  const stack = thrown instanceof Error ? thrown.stack : undefined;
  if (typeof stack === 'string') process.stderr.write(`${boundedText(stack, maxStackCodePoints)}\n`);
}

try {
  // When memory runs out all the same, the kernel should take a task, never the server.
  writeFileSync('/proc/self/oom_score_adj', '1000');
} catch {
  // Not Linux, or not permitted: the kernel decides by size alone.
}

const frames = new FrameReader((frame) => {
  if (frame === null) return;
  const message = JSON.parse(frame) as ServerMessage;
  if (message.type === 'abort') abort.abort();
  else void run(message);
}, Infinity);
channel.on('data', (chunk: Buffer) => {
  frames.push(chunk);
});
channel.on('error', () => undefined);
// A server that is gone takes no result: the task was returned to the queue or will be.
channel.on('close', () => process.exit(1));

process.on('uncaughtException', (thrown) => {
  writeStack(thrown);
  void send({ type: 'failed', error: toUncaughtError(thrown), use: processUse() }).then(() =>
    process.exit(1),
  );
});

let hasStartedProcess = false;
subscribe('child_process', () => {
  if (hasStartedProcess) return;
  hasStartedProcess = true;
  void send({ type: 'child-started' });
});

// Code that was written for Node's channel finds it; what it sends is checked like all that a task says.
process.send = (message: unknown, ...rest: unknown[]) => {
  const callback = rest.findLast((value) => typeof value === 'function') as
    ((error: Error | null) => void) | undefined;
  return channel.write(frameOf(message), () => callback?.(null));
};

/** A value that JSON cannot say or is too deep for it is sent as null, which is no message either. */
function frameOf(message: unknown): string {
  try {
    return toFrame(message);
  } catch {
    return toFrame(null);
  }
}
