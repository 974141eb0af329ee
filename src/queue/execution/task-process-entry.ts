import { writeFileSync } from 'node:fs';
import type { TaskError } from '@app/contracts';
import type { ChildUse, FromChild, ToChild } from './task-messages.js';
import type { TaskModule } from '@app/tasks-sdk';

/**
 * Entry of a task's process: waits for one task, runs it, reports how it ended and exits.
 * Progress is sent at most ten times a second, after a burst of a few that lets short tasks show their
 * steps; the last word before the end is always sent.
 */

const reportsPerSecond = 10;
const reportBurst = 4;
const abort = new AbortController();
let allowance = reportBurst;
let lastReportAt = performance.now();
let loadedAtMs: number | null = null;
let held: Extract<FromChild, { type: 'progress' }> | null = null;

const send = (message: FromChild) =>
  new Promise<void>((resolve) => {
    process.send!(message, () => {
      resolve();
    });
  });

function report(description: string, progress: number | null): void {
  const message = { type: 'progress', description, progress } as const;
  const now = performance.now();
  allowance = Math.min(reportBurst, allowance + ((now - lastReportAt) / 1000) * reportsPerSecond);
  lastReportAt = now;
  if (allowance < 1) {
    held = message;
    return;
  }
  allowance -= 1;
  held = null;
  void send(message);
}

function toTaskError(error: unknown): TaskError {
  if (error instanceof Error) {
    const code = 'code' in error && typeof error.code === 'string' ? error.code : 'TASK_FAILED';
    const outOfMemory =
      error instanceof RangeError && /allocation failed|Invalid typed array length/.test(error.message);
    if (code === 'ENOSPC' || code === 'EDQUOT') {
      return {
        code: 'DISK_FULL',
        message: 'There is no room for the result on the disk; retry when there is.',
      };
    }
    return { code: outOfMemory ? 'OUT_OF_MEMORY' : code, message: error.message };
  }
  return { code: 'TASK_FAILED', message: String(error) };
}

function ownUse(): ChildUse {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  return { loadedAtMs, cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, peakRamMb: Math.ceil(maxRSS / 1024) };
}

async function run(order: Extract<ToChild, { type: 'run' }>): Promise<void> {
  try {
    const module = (await import(order.entry)) as { default: TaskModule };
    loadedAtMs = Date.now();
    const summary = await module.default(order.payload, {
      taskId: order.taskId,
      userId: order.userId,
      attempt: order.attempt,
      dataDir: order.dataDir,
      resultPath: order.resultPath,
      part: order.part,
      partResults: order.partResults,
      signal: abort.signal,
      report,
    });
    if (held) await send(held);
    await send({ type: 'done', summary, use: ownUse() });
    process.exit(0);
  } catch (error) {
    await send({ type: 'failed', error: toTaskError(error), use: ownUse() });
    process.exit(1);
  }
}

try {
  // When memory runs out all the same, the kernel should take a task, never the server.
  writeFileSync('/proc/self/oom_score_adj', '1000');
} catch {
  // Not Linux, or not permitted: the kernel decides by size alone.
}

process.on('message', (message: ToChild) => {
  if (message.type === 'abort') abort.abort();
  else void run(message);
});
// A parent that is gone takes no result: the task was returned to the queue or will be.
process.on('disconnect', () => process.exit(1));
