import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { sql } from 'drizzle-orm';
import { Database } from '../../src/database/database.js';
import { readConfig } from '../../src/config/config.js';
import { TaskEvents } from '../../src/queue/domain/task-events.js';
import type { TaskRow } from '../../src/queue/domain/task-row.js';
import { Task } from '../../src/queue/domain/task.js';
import { newTask } from '../../src/queue/storage/new-task.fixture.js';
import { shardsFolder } from '../../src/queue/storage/result-files.js';
import { TaskStore } from '../../src/queue/storage/task-store.js';
import type { FakeProcess } from '../../src/queue/execution/fake-launcher.fixture.js';
import { FaultyEngine } from './faulty-engine.js';
import { endWithResult, ModelNode, type ModelResult } from './model-node.js';

export const kinds = ['single', 'sharded', 'function'] as const;
export type Kind = (typeof kinds)[number];

/** What a command meets: a task's status, and of a running one the state of its attempt on the node. */
export const states = [
  'queued',
  'running',
  'stopping',
  'settling',
  'elsewhere',
  'completed',
  'failed',
  'cancelled',
] as const;
/** `reducing` is a kind of running, and the rarest. */
export type State = (typeof states)[number] | 'reducing';

interface FunctionRun {
  readonly finish: (error: Error | null) => void;
}

/** The system under test: a database, one node that may be killed and started again, and what others do to its rows. */
export class ModelWorld {
  readonly dataDir = mkdtempSync(join(tmpdir(), 'headroom-model-'));
  readonly engine: FaultyEngine;
  readonly database: Database;
  /** Another node, as far as it shows in the database. */
  readonly elsewhere: TaskStore;
  readonly functions = new Map<string, FunctionRun>();
  /** Every task that was accepted. */
  readonly accepted = new Map<string, Kind>();
  /** Tasks that the other node has completed: their results are not here. */
  readonly completedElsewhere = new Set<string>();
  /** Tasks of which an attempt was lost or killed with its node: what that has left is the sweep's to remove. */
  readonly lost = new Set<string>();
  /** Tasks as they were read while they ran: what a late report of that attempt starts from. */
  readonly stale: Task[] = [];
  node!: ModelNode;
  #count = 0;

  private constructor(engine: FaultyEngine, database: Database) {
    this.engine = engine;
    this.database = database;
    this.elsewhere = new TaskStore(database, new TaskEvents(), readConfig({ HEADROOM_NODE_ID: 'elsewhere' }));
  }

  static async open(): Promise<ModelWorld> {
    const engine = await FaultyEngine.open();
    const database = await Database.embedded(engine);
    await database.queries.execute(
      sql`create table model_completions (task_id text not null, attempt int not null, file text not null)`,
    );
    return new ModelWorld(engine, database);
  }

  /** Forgets everything and starts a node on an empty queue. */
  async reset(): Promise<void> {
    this.engine.isAway = false;
    this.functions.clear();
    this.accepted.clear();
    this.completedElsewhere.clear();
    this.lost.clear();
    this.stale.length = 0;
    this.#count = 0;
    rmSync(join(this.dataDir, 'results'), { recursive: true, force: true });
    await this.database.queries.execute(
      sql`truncate tasks, task_events, settings, model_completions cascade`,
    );
    await this.restart();
  }

  async close(): Promise<void> {
    await this.database.close();
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  /** Kills the node, whatever it is doing, and starts another process of it. */
  async restart(): Promise<void> {
    this.functions.clear();
    this.engine.isAway = false;
    for (const { taskId, status } of await this.rows()) if (status === 'running') this.lost.add(taskId);
    this.node = await ModelNode.start(this.database, this.dataDir);
    await this.quiet();
  }

  /** Resolves when nothing goes on any more without another command. */
  async quiet(): Promise<void> {
    await this.engine.idle();
  }

  async submit(kind: Kind): Promise<void> {
    this.#count += 1;
    const taskId = `t${this.#count}`;
    const row = newTask({ taskId, taskType: kind === 'sharded' ? kind : 'single', userId: 'alice' });
    try {
      if (kind === 'function') await this.#register(row);
      else {
        const accepted = this.node.submissions.submit(row, () => Promise.resolve());
        await this.quiet();
        await accepted;
      }
      this.accepted.set(taskId, kind);
    } catch {
      // Not accepted: the database is away.
    }
  }

  async #register(row: ReturnType<typeof newTask>): Promise<void> {
    const running = { ...row, status: 'running', nodeId: 'here', durable: false, maxAttempts: 1 } as const;
    const task = await this.node.store.insert(running, null, () => Promise.resolve());
    this.node.executor.startFunction(
      task,
      ({ signal }) =>
        new Promise((resolve, reject) => {
          signal.addEventListener('abort', () => {
            resolve(null);
          });
          const finish = (error: Error | null) => {
            if (error === null) resolve(null);
            else reject(error);
          };
          this.functions.set(task.id, { finish });
        }),
    );
  }

  /** A process has done its work; it cannot where the other node has completed the task and removed its shards. */
  finish(process: FakeProcess): Promise<void> {
    if (!this.completedElsewhere.has(process.order.taskId)) return endWithResult(process);
    return process.end({ type: 'failed', error: { code: 'TASK_FAILED', message: 'The shards are gone.' } });
  }

  /** What the other node does after the end that it has stored. */
  onCompletedElsewhere(taskId: string): void {
    this.completedElsewhere.add(taskId);
    rmSync(shardsFolder(this.dataDir, taskId), { recursive: true, force: true });
  }

  /** The accepted tasks as they are stored; the database may be away for the node at that moment. */
  async rows(): Promise<TaskRow[]> {
    const { isAway } = this.engine;
    this.engine.isAway = false;
    const tasks = await this.elsewhere.findMany([...this.accepted.keys()]);
    this.engine.isAway = isAway;
    return [...this.accepted.keys()].flatMap((taskId) => tasks.get(taskId)?.row ?? []);
  }

  /** Keeps the running tasks as they are now, for late reports. */
  remember(rows: readonly TaskRow[]): void {
    for (const row of rows) {
      const isKnown = this.stale.some(
        ({ id, row: { attempt } }) => id === row.taskId && attempt === row.attempt,
      );
      if (row.status === 'running' && !isKnown) this.stale.push(new Task(row));
    }
  }

  stateOf(row: TaskRow): State {
    if (row.status !== 'running') return row.status;
    const attempt = this.node.attempts.find(row.taskId);
    if (attempt?.task.row.attempt !== row.attempt) return 'elsewhere';
    if (attempt.state === 'stopping' || attempt.state === 'settling') return attempt.state;
    const isReducing = this.node.alive.some(
      ({ order }) =>
        order.taskId === row.taskId && order.attempt === row.attempt && order.shardResults.length > 0,
    );
    return isReducing ? 'reducing' : 'running';
  }

  /** Brings the database back, lets everything end that runs, and time pass, until nothing is left. */
  async finishAll(): Promise<void> {
    this.engine.isAway = false;
    for (let round = 0; round < 300; round += 1) {
      const unfinished = (await this.rows()).filter(
        ({ status }) => status === 'queued' || status === 'running',
      );
      if (unfinished.length === 0 && this.node.attempts.size === 0) return;
      for (const process of this.node.alive) {
        if (process.stops.length > 0) await process.endStopped();
        else await this.finish(process);
      }
      for (const { finish } of this.functions.values()) finish(null);
      await this.passTime();
      await this.node.leases.tick();
      this.node.loop.wake();
      await this.quiet();
    }
    const left = (await this.rows()).filter(({ status }) => status === 'queued' || status === 'running');
    const told = left.map((row) => `${row.taskId} ${this.stateOf(row)} attempt ${row.attempt}`);
    throw new Error(`Tasks that never end: ${told.join(', ') || 'none stored'}`);
  }

  /** Lets leases of nodes that are gone run out, and pauses end. */
  async passTime(): Promise<void> {
    await this.database.queries.execute(sql`update tasks set not_before = null where status = 'queued'`);
    await this.database.queries.execute(
      sql`update tasks set lease_expires_at = now() - interval '1 second'
            where status = 'running' and node_id = 'elsewhere'`,
    );
    await this.node.mirror.reload();
    await this.node.clock.advance(6_000);
    this.node.sample();
    this.node.watchdog.check();
    await this.quiet();
  }

  /** Checks what must hold after every command. */
  async check(): Promise<void> {
    const rows = await this.rows();
    const { isAway } = this.engine;
    this.engine.isAway = false;
    const problems = [
      ...this.#lostTasks(rows),
      ...(await this.#illegalHistories(rows)),
      ...(await this.#wrongResults(rows)),
      ...this.#secondSettlements(),
      ...this.#wrongReservations(),
      ...this.#deadAttempts(rows, isAway),
    ];
    this.engine.isAway = isAway;
    if (problems.length > 0) throw new Error(problems.join('\n'));
  }

  #lostTasks(rows: readonly TaskRow[]): string[] {
    const stored = new Set(rows.map(({ taskId }) => taskId));
    return [...this.accepted.keys()]
      .filter((taskId) => !stored.has(taskId))
      .map((taskId) => `Task ${taskId} was accepted and is gone.`);
  }

  /** Exactly one end for each attempt, in an order that the table of transitions allows. */
  async #illegalHistories(rows: readonly TaskRow[]): Promise<string[]> {
    const { rows: events } = await this.database.queries.execute<{
      task_id: string;
      type: string;
      status: string;
      attempt: number;
    }>(sql`
      select task_id, type, data->>'status' as status, (data->>'attempt')::int as attempt from task_events
        where type <> 'task_description_update' order by sequence`);
    const problems: string[] = [];
    const last = new Map<string, { status: string; attempt: number }>();
    for (const event of events) {
      const before = last.get(event.task_id);
      const isNewAttempt = event.attempt === (before?.attempt ?? 0) + 1;
      const isLegal =
        event.status === 'queued'
          ? isNewAttempt && before?.status !== 'queued' && before?.status !== 'completed'
          : event.status === 'running'
            ? before === undefined || (before.status === 'queued' && event.attempt === before.attempt)
            : event.attempt === before?.attempt &&
              (before.status === 'running' || (before.status === 'queued' && event.status !== 'completed'));
      if (!isLegal) {
        const from = before === undefined ? 'nothing' : `${before.status} ${before.attempt}`;
        problems.push(`Task ${event.task_id}: from ${from} to ${event.status} ${event.attempt}.`);
      }
      last.set(event.task_id, { status: event.status, attempt: event.attempt });
    }
    for (const { taskId, status, attempt } of rows) {
      const told = last.get(taskId);
      if (told?.status !== status || told.attempt !== attempt) {
        problems.push(
          `Task ${taskId} is ${status} ${attempt}; its events say ${told?.status} ${told?.attempt}.`,
        );
      }
    }
    return problems;
  }

  /** A completed task has one summary, and the result of the attempt that completed it; so has a completed shard. */
  async #wrongResults(rows: readonly TaskRow[]): Promise<string[]> {
    const problems: string[] = [];
    const { rows: completions } = await this.database.queries.execute<{
      task_id: string;
      attempt: number;
      file: string;
    }>(sql`select task_id, attempt, file from model_completions`);
    for (const row of rows) {
      // An earlier attempt that was cancelled may have kept a result of what was finished.
      const own = completions.filter(
        ({ task_id, attempt }) => task_id === row.taskId && attempt === row.attempt,
      );
      const isFunction = this.accepted.get(row.taskId) === 'function';
      const isWanted = row.status === 'completed' && !isFunction && !this.completedElsewhere.has(row.taskId);
      if (isWanted && own.length !== 1) {
        problems.push(`Task ${row.taskId} completed in attempt ${row.attempt} with ${JSON.stringify(own)}.`);
      }
      if (row.status === 'failed' && own.length > 0)
        problems.push(`Task ${row.taskId} failed with a result.`);
      if (isWanted && own.length === 1) {
        problems.push(...this.#wrongFile(join('results', own[0]!.file), row.taskId, row.attempt, null));
      }
    }
    const { rows: shards } = await this.database.queries.execute<{
      task_id: string;
      index: number;
      result: string;
    }>(sql`select task_id, index, result from task_shards where status = 'completed'`);
    for (const { task_id, index, result } of shards) {
      problems.push(...this.#wrongFile(join('results', `${task_id}.parts`, result), task_id, null, index));
    }
    return problems;
  }

  #wrongFile(name: string, taskId: string, attempt: number | null, shard: number | null): string[] {
    const path = join(this.dataDir, name);
    if (!existsSync(path)) return [`${name}, the result of ${taskId}, is gone.`];
    const result = JSON.parse(gunzipSync(readFileSync(path)).toString()) as ModelResult;
    const isRight =
      result.taskId === taskId && result.shard === shard && (attempt === null || result.attempt === attempt);
    return isRight ? [] : [`${name} holds ${JSON.stringify(result)}.`];
  }

  /** No attempt is settled more than once. */
  #secondSettlements(): string[] {
    return [...this.node.settlement.counts]
      .filter(([, count]) => count > 1)
      .map(([{ task }, count]) => `Attempt ${task.row.attempt} of ${task.id} was settled ${count} times.`);
  }

  /** Every reservation is of an attempt whose end is not stored, and every live process holds one. */
  #wrongReservations(): string[] {
    const held = this.node.reservations.list();
    const unsettled = new Set(
      this.node.attempts
        .list()
        .filter(({ state }) => state !== 'settled')
        .map(({ task }) => task.id),
    );
    const overdue = new Set(this.node.executor.overdueFunctions);
    const lost = held.filter(({ taskId }) => !unsettled.has(taskId) && !overdue.has(taskId));
    const problems = lost.map(
      ({ id, taskId }) => `Reservation ${id} of a ${this.accepted.get(taskId)} task was not given back.`,
    );
    const holders = new Set(held.map(({ taskId }) => taskId));
    for (const { order } of this.node.alive) {
      if (unsettled.has(order.taskId) && !holders.has(order.taskId)) {
        problems.push(`A process of ${order.taskId} runs without a reservation.`);
      }
    }
    return problems;
  }

  /** What runs here according to the database is an attempt of this node, while the database answers. */
  #deadAttempts(rows: readonly TaskRow[], isAway: boolean): string[] {
    if (isAway) return [];
    return rows
      .filter(({ status, nodeId }) => status === 'running' && nodeId === 'here')
      .filter(({ taskId, attempt }) => this.node.attempts.find(taskId)?.task.row.attempt !== attempt)
      .map(({ taskId, attempt }) => `Attempt ${attempt} of ${taskId} runs nowhere.`);
  }

  /** The unfinished files that killed processes have left, once all has ended. */
  leftFiles(): string[] {
    const folder = join(this.dataDir, 'results');
    if (!existsSync(folder)) return [];
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    return names.filter((name) => name.endsWith('.tmp') && !this.lost.has(name.split('.', 1)[0]!));
  }
}
