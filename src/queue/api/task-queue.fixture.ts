import type { FunctionTask, TaskHandler } from '@app/tasks-sdk';
import { z } from 'zod';
import { readConfig } from '../../config/config.js';
import { HttpProblem } from '../../problems/http-problem.js';
import type { SubmissionGuards } from './submission-guards.js';
import type { ResourceMonitor } from '../../resources/resource-monitor.js';
import type { NodeRegistry } from '../cluster/node-registry.js';
import { TaskEvents } from '../domain/task-events.js';
import { TaskHandlers } from '../domain/task-handlers.js';
import type { LocalExecutor } from '../execution/local-executor.js';
import type { QueuePositions } from '../scheduling/queue-positions.js';
import type { Submissions } from '../scheduling/submissions.js';
import { MemoryTaskStore } from '../storage/memory-task-store.fixture.js';
import type { NewTask, TransactionHook } from '../storage/task-writes.js';
import { FunctionTasks } from './function-tasks.js';
import type { Answer } from './answer.js';
import { IdempotentAnswers, type IdempotentRequest } from './idempotency.js';
import { NewTasks } from './new-tasks.js';
import type { QueueStatusReader } from './queue-status.js';
import { SubmissionChecks } from './submission-checks.js';
import { TaskLookup } from './task-lookup.js';
import { TaskQueue, type Submission } from './task-queue.js';
import { TaskViews } from './task-views.js';
import { UserQueueLimit } from './user-queue-limit.js';

/** Answers in memory, by user and key. */
class MemoryAnswers extends IdempotentAnswers {
  readonly answers = new Map<string, { readonly requestHash: string; readonly answer: Answer }>();

  constructor() {
    super(undefined as never);
  }

  override find(userId: string, { key, requestHash }: IdempotentRequest): Promise<Answer | null> {
    const known = this.answers.get(`${userId} ${key}`);
    if (known && known.requestHash !== requestHash) {
      return Promise.reject(new HttpProblem(422, 'IDEMPOTENCY_KEY_REUSED', 'Used before.'));
    }
    return Promise.resolve(known?.answer ?? null);
  }

  override record(_: unknown, userId: string, request: IdempotentRequest, answer: Answer): Promise<void> {
    const key = `${userId} ${request.key}`;
    if (this.answers.has(key)) return Promise.reject(new Error('duplicate key'));
    this.answers.set(key, { requestHash: request.requestHash, answer });
    return Promise.resolve();
  }
}

export const alice = { userId: 'alice', isAdmin: false };
export const bob = { userId: 'bob', isAdmin: false };
export const admin = { userId: 'root', isAdmin: true };

/** A queue with everything around it in the hands of a test. */
export class QueueOnFakes {
  readonly #events = new TaskEvents();
  readonly store = new MemoryTaskStore(this.#events);
  readonly answers = new MemoryAnswers();
  readonly handlers = new TaskHandlers();
  /** The functions that were started, and what they reported. */
  readonly started: { taskId: string; run: FunctionTask['taskFunc'] }[] = [];
  readonly reports: unknown[] = [];
  /** Why no node can run a task; null when one can. */
  infeasible: string | null = null;
  quota: () => Promise<void> = () => Promise.resolve();
  readonly queue: TaskQueue;

  constructor() {
    const config = readConfig({ HEADROOM_NODE_ID: 'here', HEADROOM_MAX_QUEUED_PER_USER: '2' });
    const submissions = {
      submit: (row: NewTask, hook: TransactionHook) => this.store.insert(row, null, hook),
      queuedCountOf: (userId: string) =>
        [...this.store.rows.values()].filter((row) => row.userId === userId).length,
    } as unknown as Submissions;
    const checks = new SubmissionChecks(
      this.handlers,
      new UserQueueLimit(config, submissions),
      { infeasibilityReason: () => this.infeasible } as unknown as NodeRegistry,
      {
        canRun: ({ requested }: { requested: { cpuMillicores: number } }) =>
          decision(requested.cpuMillicores),
      } as unknown as ResourceMonitor,
      { admit: () => this.quota() } as unknown as SubmissionGuards,
    );
    const executor = {
      startFunction: ({ id }: { id: string }, run: FunctionTask['taskFunc']) =>
        this.started.push({ taskId: id, run }),
      report: (...report: unknown[]) => this.reports.push(report),
    } as unknown as LocalExecutor;
    const positions = { of: () => null } as unknown as QueuePositions;
    const newTasks = new NewTasks(config, this.handlers);
    this.queue = new TaskQueue(
      newTasks,
      checks,
      submissions,
      new FunctionTasks(newTasks, this.store.asStore, executor),
      new TaskLookup(
        this.store.asStore,
        new TaskViews(this.handlers, positions),
        { page: (viewer: unknown) => Promise.resolve({ shownTo: viewer }) } as unknown as QueueStatusReader,
        this.#events,
      ),
      this.answers,
    );
    this.handlers.register(customHandler());
  }
}

/** A handler of the type `custom`. */
export function customHandler(fields: Partial<TaskHandler> = {}): TaskHandler {
  return {
    type: 'custom',
    label: 'Custom',
    resources: { cpuCores: 0.5, ramGb: 0.25 },
    payload: z.strictObject({ words: z.string(), times: z.int().default(3) }),
    size: (payload) => (payload as { times: number }).times,
    describe: (payload) => `Says ${(payload as { words: string }).words}`,
    entry: new URL(import.meta.url),
    ...fields,
  };
}

/** A submission of alice's that repeats nothing. */
export const submission = (fields: Partial<Submission> = {}): Submission => ({
  type: 'custom',
  payload: { words: 'hello' },
  userId: 'alice',
  idempotency: null,
  answer: (task) => ({ location: `/api/custom/${task.task_id}`, body: { id: task.task_id } }),
  ...fields,
});

function decision(cpuMillicores: number): unknown {
  return cpuMillicores > 8000
    ? { admitted: false, reason: `need ${cpuMillicores / 1000} cores` }
    : { admitted: true };
}
