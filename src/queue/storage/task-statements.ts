import { getTableColumns, sql, type SQL } from 'drizzle-orm';
import type { Queries } from '../../database/database.js';
import { tasks } from '../../database/schema.js';
import { ruleOf, type Fence, type StampedColumn, type TransitionName } from '../domain/task-transitions.js';
import { Task, type TaskRow, type Transition } from '../domain/task.js';
import { leaseEnd } from './task-leases.js';

type DatabaseColumn = 'sequence' | 'notBefore' | 'leaseExpiresAt' | StampedColumn;

/** A task before the database has given it its place in the order of submission, its times and its lease. */
export type NewTask = Omit<TaskRow, DatabaseColumn | 'status'> & { readonly status: 'queued' | 'running' };

/** One task's transition. */
export interface Step {
  readonly task: Task;
  readonly transition: Transition;
}

/** The process that writes. */
export interface Writer {
  readonly nodeId: string;
  /** No other process works on the database, so an attempt that does not run here is lost, whatever its lease says. */
  readonly isAlone: boolean;
}

const columns = getTableColumns(tasks);
type ColumnKey = keyof typeof columns;

const databaseColumns: ReadonlySet<ColumnKey> = new Set<DatabaseColumn>([
  'sequence',
  'queuedAt',
  'notBefore',
  'startedAt',
  'completedAt',
  'leaseExpiresAt',
]);
const insertedColumns = (Object.keys(columns) as ColumnKey[]).filter((key) => !databaseColumns.has(key));
// As text: Drizzle would put the names of some thirty columns together again for every statement.
const insertedNames = sql.raw(insertedColumns.map(nameOf).join());
const insertedValues = sql.raw(insertedColumns.map(newValue).join());
const insertedTypes = sql.raw(insertedColumns.map(typeOf).join());

/**
 * What the database may have changed since a task was read although its status and attempt are the same, and what it
 * stamps itself. Everything else of a task is known after a transition, so its payload does not travel again.
 */
const { priority, description, progress, cancelRequested, shardFingerprint } = columns;
const { queuedAt, notBefore, startedAt, completedAt, leaseExpiresAt } = columns;
const changingColumns = {
  ...{ priority, description, progress, cancelRequested, shardFingerprint },
  ...{ queuedAt, notBefore, startedAt, completedAt, leaseExpiresAt },
};

/** Inserts tasks in one statement; the order given is their order of submission. */
export async function insertTasks(queries: Queries, newTasks: readonly NewTask[]): Promise<Task[]> {
  if (newTasks.length === 0) return [];
  const records = newTasks.map((row, n) => ({
    n,
    ...Object.fromEntries(insertedColumns.map((key) => [columns[key].name, row[key as keyof NewTask]])),
  }));
  const ifRunning = (value: SQL) => sql`case when w.status = 'running' then ${value} end`;
  const { rows } = await queries.execute<{
    taskId: string;
    sequence: string;
    queuedAtMs: number;
    startedAtMs: number | null;
    leaseEndMs: number | null;
  }>(sql`
    insert into tasks (${insertedNames}, queued_at, started_at, lease_expires_at)
      select ${insertedValues}, now(), ${ifRunning(sql`now()`)}, ${ifRunning(leaseEnd)}
        from jsonb_to_recordset(${JSON.stringify(records)}::jsonb) as w(n int, ${insertedTypes})
        order by n
      returning task_id as "taskId", sequence, ${epochMs('queued_at')} as "queuedAtMs",
        ${epochMs('started_at')} as "startedAtMs", ${epochMs('lease_expires_at')} as "leaseEndMs"`);
  const answers = new Map(rows.map((row) => [row.taskId, row]));
  return newTasks.map((row) => {
    const { sequence, queuedAtMs, startedAtMs, leaseEndMs } = answers.get(row.taskId)!;
    return new Task({
      ...row,
      sequence: Number(sequence),
      queuedAt: new Date(queuedAtMs),
      notBefore: null,
      startedAt: dateOrNull(startedAtMs),
      completedAt: null,
      leaseExpiresAt: dateOrNull(leaseEndMs),
    });
  });
}

/**
 * Makes transitions of different tasks, each on the condition of its status, its attempt and its fence. Those of the
 * same name that set the same columns share one statement.
 *
 * @returns the tasks as they are now; a step whose condition did not hold is missing
 */
export async function moveTasks<Move extends Step>(
  queries: Queries,
  writer: Writer,
  steps: readonly Move[],
): Promise<Map<Move, Task>> {
  const groups = new Map<string, Move[]>();
  for (const step of steps) {
    const { name, set } = step.transition;
    const key = [name, ...Object.keys(set).sort()].join();
    groups.set(key, [...(groups.get(key) ?? []), step]);
  }
  const moved = new Map<Move, Task>();
  for (const group of groups.values()) {
    for (const [step, task] of await moveAlike(queries, writer, group)) moved.set(step, task);
  }
  return moved;
}

async function moveAlike<Move extends Step>(
  queries: Queries,
  writer: Writer,
  steps: readonly Move[],
): Promise<[Move, Task][]> {
  const update = updateStatement(queries, writer, steps);
  const rows = await (endsAttempt(steps[0]!) ? withHistory(queries, steps, update) : update);
  return rows.map(({ n, ...changing }) => {
    const { task, transition } = steps[n]!;
    const row = { ...task.row, ...transition.set, status: ruleOf(transition.name).to, ...changing };
    return [steps[n]!, new Task(row)];
  });
}

/** The update for steps of the same name that set the same columns; `n` of a row says which step it made. */
function updateStatement(queries: Queries, writer: Writer, steps: readonly Step[]) {
  const { name, set } = steps[0]!.transition;
  const keys = Object.keys(set) as ColumnKey[];
  const records = steps.map(({ task: { row }, transition }, n) => ({
    n,
    of_task: row.taskId,
    from_attempt: row.attempt,
    delay_ms: transition.delayMs ?? null,
    ...Object.fromEntries(
      keys.map((key) => [columns[key].name, transition.set[key as keyof Transition['set']]]),
    ),
  }));
  const recordColumns = ['n int', 'of_task text', 'from_attempt int', 'delay_ms float8', ...keys.map(typeOf)];
  return queries
    .update(tasks)
    .set({
      ...Object.fromEntries(keys.map((key) => [key, sql.raw(newValue(key))])),
      ...valuesByRule(name),
    })
    .from(sql`jsonb_to_recordset(${JSON.stringify(records)}::jsonb) as w(${sql.raw(recordColumns.join())})`)
    .where(
      // The ids are named once more, so that the planner knows how few they are and uses the index.
      sql`${tasks.taskId} = any(${sql.param(steps.map(({ task }) => task.id))}) and ${tasks.taskId} = w.of_task
        and ${tasks.status} = any(${sql.param([...ruleOf(name).from])}) and ${tasks.attempt} = w.from_attempt
        and ${fenceCondition(ruleOf(name).fence, writer)}`,
    )
    .returning({ ...changingColumns, n: sql<number>`w.n`.as('n') });
}

/** Writes the history of the attempts that the update ends, in the same statement. */
function withHistory(queries: Queries, steps: readonly Step[], update: ReturnType<typeof updateStatement>) {
  const records = steps.map(({ task: { row }, transition }, n) => ({
    n,
    task_id: row.taskId,
    attempt: row.attempt,
    node_id: row.nodeId,
    started_at: row.startedAt,
    end: transition.name,
    error: transition.endedBy ?? transition.set.error ?? null,
  }));
  const moved = queries.$with('moved').as(update);
  const ended = queries.$with('ended', {}).as(sql`
    insert into task_attempts (task_id, attempt, node_id, started_at, ended_at, "end", error)
      select task_id, attempt, node_id, started_at, now(), "end", error
        from jsonb_to_recordset(${JSON.stringify(records)}::jsonb)
          as e(n int, task_id text, attempt int, node_id text, started_at timestamptz, "end" text, error jsonb)
        where n in (select n from moved)`);
  return queries.with(moved, ended).select().from(moved);
}

/** What the table of transitions says of a task's status, its lease and its times. */
function valuesByRule(name: TransitionName): Partial<Record<ColumnKey, SQL>> {
  const { to, stamps } = ruleOf(name);
  return {
    status: sql`${to}`,
    leaseExpiresAt: to === 'running' ? leaseEnd : sql`null`,
    ...(to === 'running' && { notBefore: sql`null` }),
    ...(to === 'queued' && { notBefore: sql`now() + w.delay_ms * interval '1 millisecond'` }),
    ...Object.fromEntries(stamps.map((column) => [column, sql`now()`])),
  };
}

/** What a transition requires besides the status and the attempt. */
function fenceCondition(fence: Fence, { nodeId, isAlone }: Writer): SQL {
  switch (fence) {
    case 'new':
    case 'attempt':
      return sql`true`;
    case 'node':
      return sql`${tasks.nodeId} = ${nodeId}`;
    case 'lost':
      return isAlone ? sql`true` : sql`(${tasks.leaseExpiresAt} < now() or ${tasks.nodeId} = ${nodeId})`;
  }
}

/** Whether a transition is the end of an attempt. */
export function endsAttempt({ transition }: Pick<Step, 'transition'>): boolean {
  return ruleOf(transition.name).from.includes('running');
}

/** A stored time in milliseconds of the epoch, whatever the session's time zone. */
export function epochMs(column: string): SQL {
  return sql`(extract(epoch from ${sql.identifier(column)}) * 1000)::float8`;
}

function nameOf(key: ColumnKey): string {
  return `"${columns[key].name}"`;
}

function newValue(key: ColumnKey): string {
  return `w.${nameOf(key)}`;
}

function typeOf(key: ColumnKey): string {
  return `${nameOf(key)} ${columns[key].getSQLType()}`;
}

function dateOrNull(ms: number | null): Date | null {
  return ms === null ? null : new Date(ms);
}
