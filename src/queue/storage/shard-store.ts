import { Injectable } from '@nestjs/common';
import { and, asc, eq, gte, inArray, sql, type SQL } from 'drizzle-orm';
import type { PgUpdateSetSource } from 'drizzle-orm/pg-core';
import { Config } from '../../config/config.js';
import { Database } from '../../database/database.js';
import type { Queries } from '../../database/queries.js';
import { tasks, taskShards, type ShardStatus } from '../../database/schema.js';
import type { Task } from '../domain/task.js';
import { leaseEnd } from './task-leases.js';

/** A shard of a sharded task. */
export interface Shard {
  /** From 0. */
  readonly index: number;
  /** From 1; the file of its result is named by it. */
  readonly attempt: number;
  readonly status: ShardStatus;
  /** Name of its result's file, once it has completed. */
  readonly result: string | null;
  /** How often it was ended because memory was short. */
  readonly memoryKills: number;
}

export const maxShards = 10_000;

const shardColumns = {
  index: taskShards.index,
  attempt: taskShards.attempt,
  status: taskShards.status,
  result: taskShards.result,
  memoryKills: taskShards.memoryKills,
};

interface ShardChange {
  readonly from: ShardStatus;
  readonly set: PgUpdateSetSource<typeof taskShards>;
  /** The condition of a shard that this change was made of already. */
  readonly isMade: SQL;
}

/** The shards of a task, by index. */
export function readShards(queries: Queries, taskId: string): Promise<Shard[]> {
  return queries
    .select(shardColumns)
    .from(taskShards)
    .where(eq(taskShards.taskId, taskId))
    .orderBy(asc(taskShards.index));
}

/**
 * The only writer of shards. Each of its changes requires that the task runs, at the attempt given, on this node. A
 * change may be asked for again when its answer was lost: one that is already made counts as made.
 */
@Injectable()
export class ShardStore {
  constructor(
    private readonly database: Database,
    private readonly config: Config,
  ) {}

  /**
   * The shards of a task that this node has just started, by index.
   *
   * Missing ones are written. Those that an earlier attempt of the task left running are queued again as the next
   * attempt. Completed ones keep their results while the fingerprint is that of the last time; otherwise all that
   * have run are queued again, as the next attempt, so that no file of an earlier run is taken for a new one.
   *
   * @param fingerprint digest of the payload and the code that the shards are cut by
   * @returns null when the task is not running at this attempt on this node any more
   * @throws RangeError when there are more than `maxShards`
   */
  async open(task: Task, count: number, fingerprint: string): Promise<Shard[] | null> {
    if (count > maxShards) throw new RangeError(`${count} shards are more than ${maxShards}.`);
    const { taskId } = task.row;
    return this.database.queries.transaction(async (queries) => {
      const [stored] = await queries
        .select({ fingerprint: tasks.shardFingerprint })
        .from(tasks)
        .where(this.#isRunning(task))
        .for('update');
      if (stored === undefined) return null;
      const isSame = stored.fingerprint === fingerprint;
      if (!isSame) {
        await queries.update(tasks).set({ shardFingerprint: fingerprint }).where(eq(tasks.taskId, taskId));
        const beyond = and(eq(taskShards.taskId, taskId), gte(taskShards.index, count));
        await queries.delete(taskShards).where(beyond);
      }
      await queries
        .update(taskShards)
        .set({ ...queuedAgain, ...(!isSame && { result: null, memoryKills: 0 }) })
        .where(
          and(
            eq(taskShards.taskId, taskId),
            inArray(taskShards.status, isSame ? ['running'] : ['running', 'completed']),
          ),
        );
      await queries.execute(sql`
        insert into task_shards (task_id, index) select ${taskId}, n from generate_series(0, ${count - 1}::int) n
          on conflict do nothing`);
      return readShards(queries, taskId);
    });
  }

  /**
   * Queues completed shards again, as their next attempts, because their results cannot be read.
   *
   * @returns all shards by index; null when the task is not running at this attempt on this node any more
   */
  async discard(task: Task, indexes: readonly number[]): Promise<Shard[] | null> {
    return this.database.queries.transaction(async (queries) => {
      const [running] = await queries
        .select({ taskId: tasks.taskId })
        .from(tasks)
        .where(this.#isRunning(task))
        .for('update');
      if (running === undefined) return null;
      await queries
        .update(taskShards)
        .set({ ...queuedAgain, result: null })
        .where(
          and(
            eq(taskShards.taskId, task.id),
            inArray(taskShards.index, [...indexes]),
            eq(taskShards.status, 'completed'),
          ),
        );
      return readShards(queries, task.id);
    });
  }

  /** From queued to running on this node; false when that is not possible any more. */
  async claim(task: Task, index: number, attempt: number): Promise<boolean> {
    const claimed = await this.#change(task, index, attempt, {
      from: 'queued',
      set: { status: 'running', nodeId: this.config.nodeId, leaseExpiresAt: leaseEnd },
      isMade: and(eq(taskShards.attempt, attempt), this.#runsHere())!,
    });
    return claimed !== null;
  }

  /**
   * From running to completed; false when that is not possible any more.
   *
   * @param result name of the file of its result
   */
  async complete(task: Task, index: number, attempt: number, result: string): Promise<boolean> {
    const completed = await this.#change(task, index, attempt, {
      from: 'running',
      set: { status: 'completed', result, leaseExpiresAt: null },
      isMade: and(eq(taskShards.status, 'completed'), eq(taskShards.result, result))!,
    });
    return completed !== null;
  }

  /** From running to queued as the next attempt, which is returned; null when that is not possible any more. */
  release(
    task: Task,
    index: number,
    attempt: number,
    { memoryKill }: { memoryKill: boolean },
  ): Promise<Shard | null> {
    return this.#change(task, index, attempt, {
      from: 'running',
      set: {
        ...queuedAgain,
        memoryKills: sql`${taskShards.memoryKills} + ${memoryKill ? 1 : 0}::int`,
      },
      isMade: and(eq(taskShards.status, 'queued'), eq(taskShards.attempt, attempt + 1))!,
    });
  }

  /** Deletes the shards of tasks that need them no more, within the transaction that says so. */
  async forget(queries: Queries, taskIds: readonly string[]): Promise<void> {
    await queries.delete(taskShards).where(inArray(taskShards.taskId, [...taskIds]));
  }

  async #change(
    task: Task,
    index: number,
    attempt: number,
    { from, set, isMade }: ShardChange,
  ): Promise<Shard | null> {
    const { queries } = this.database;
    const isShard = and(
      eq(taskShards.taskId, task.id),
      eq(taskShards.index, index),
      sql`exists (select 1 from ${tasks} where ${this.#isRunning(task)})`,
    );
    const isBefore = from === 'running' ? this.#runsHere() : eq(taskShards.status, from);
    const [changed] = await queries
      .update(taskShards)
      .set(set)
      .where(and(isShard, eq(taskShards.attempt, attempt), isBefore))
      .returning(shardColumns);
    if (changed !== undefined) return changed;
    const [made] = await queries.select(shardColumns).from(taskShards).where(and(isShard, isMade));
    return made ?? null;
  }

  #runsHere(): SQL {
    return and(eq(taskShards.status, 'running'), eq(taskShards.nodeId, this.config.nodeId))!;
  }

  #isRunning({ row }: Task): SQL {
    return and(
      eq(tasks.taskId, row.taskId),
      eq(tasks.status, 'running'),
      eq(tasks.attempt, row.attempt),
      eq(tasks.nodeId, this.config.nodeId),
    )!;
  }
}

const queuedAgain = {
  status: 'queued' as const,
  attempt: sql`${taskShards.attempt} + 1`,
  nodeId: null,
  leaseExpiresAt: null,
};
