import { Injectable } from '@nestjs/common';
import type { RetryPolicy } from '@app/tasks-sdk';
import type { z } from 'zod';
import type { Queries } from '../../database/database.js';
import type { Task } from './task.js';

/**
 * Everything the queue must know of a task type. A feature registers one at boot; the queue itself
 * knows no feature.
 */
export interface TaskHandler<Payload = unknown> {
  /** As in the API: `backtest`, `model_training`, … */
  readonly type: string;
  /** For people: `Backtest`. */
  readonly label: string;
  /** What one task of size 1 is declared to need, before anything was measured. */
  readonly demand: { readonly cpuCores: number; readonly ramGb: number };
  /** What is stored and handed to the task's process; a stored payload is checked again before it runs. */
  readonly payload: z.ZodType<Payload>;
  /** The work in a payload relative to a usual task, which estimates are learned by. */
  size(payload: Payload): number;
  /** One line for people, shown while the task has nothing newer to say: `SmaCross on BTC_USDT`. */
  describe(payload: Payload): string;
  /**
   * How many shards the work has, 1 to 10,000. Each shard is admitted by itself, so a large task uses the cores there
   * are and no more; `demand` is then that of one shard. The entry runs once for each shard and once more to reduce
   * their results, and that run's summary is the task's.
   */
  shards?(payload: Payload): number;
  /** The progress of all shards in one line; `etaS` is null until there is something to go by. */
  describeShards?(payload: Payload, fraction: number, etaS: number | null): string;
  /** Which failures are tried again without asking anybody; none when absent. */
  readonly retry?: RetryPolicy;
  /** The module that the task's process runs; its default export is a `TaskModule`. */
  readonly entry: URL;
  /** File name ending of the result, `.json.gz` by default. */
  readonly resultExtension?: string;
  /** Keeps the summary in the transaction that completes the task: both happen or neither. */
  completed?(queries: Queries, task: Task, summary: unknown, resultFile: string): Promise<void>;
  /** What it leaves is kept when the task itself is forgotten, as a model is. */
  readonly resultsOutliveTask?: true;
  /** Removes what belongs to tasks that are being forgotten because of their age. */
  forgotten?(queries: Queries, taskIds: readonly string[]): Promise<void>;
}

/** The handlers of all task types. */
@Injectable()
export class TaskHandlers {
  readonly #handlers = new Map<string, TaskHandler>();

  /** @throws Error when the type is taken, which stops the boot */
  register<Payload>(handler: TaskHandler<Payload>): void {
    if (this.#handlers.has(handler.type)) {
      throw new Error(`Two handlers are registered for task type "${handler.type}".`);
    }
    this.#handlers.set(handler.type, handler);
  }

  /** The types that are registered. */
  get types(): string[] {
    return [...this.#handlers.keys()];
  }

  find(type: string): TaskHandler | null {
    return this.#handlers.get(type) ?? null;
  }

  /** @throws Error when no handler is registered for the type */
  get(type: string): TaskHandler {
    const handler = this.find(type);
    if (handler === null) {
      const known = [...this.#handlers.keys()].join(', ') || 'none';
      throw new Error(`No handler is registered for task type "${type}" (registered: ${known}).`);
    }
    return handler;
  }
}
