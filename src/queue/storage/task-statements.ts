import { getTableColumns } from 'drizzle-orm';
import type { SessionQueries } from '../../database/queries.js';
import { queryPrepared } from '../../database/prepared-statement.js';
import { tasks } from '../../database/schema.js';
import { ruleOf, type Fence, type StampedColumn, type TransitionName } from '../domain/task-transitions.js';
import type { TaskRow } from '../domain/task-row.js';
import { Task, type Transition } from '../domain/task.js';
import { leaseEndText } from './task-leases.js';

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

/**
 * What the database may have changed since a task was read although its status and attempt are the same, and what it
 * stamps itself. Everything else of a task is known after a transition, so its payload does not travel again.
 */
const changingColumns = [
  'priority',
  'description',
  'progress',
  'cancelRequested',
  'shardFingerprint',
  'queuedAt',
  'notBefore',
  'startedAt',
  'completedAt',
  'leaseExpiresAt',
] as const satisfies readonly ColumnKey[];
type ChangedRow = Pick<TaskRow, (typeof changingColumns)[number]> & { readonly n: number };
const changed = changingColumns.map((key) => `tasks.${nameOf(key)} as "${key}"`).join();

const ifRunning = (value: string) => `case when w.status = 'running' then ${value} end`;
const insertion = `
  insert into tasks (${insertedColumns.map(nameOf).join()}, queued_at, started_at, lease_expires_at)
    select ${insertedColumns.map(newValue).join()}, now(), ${ifRunning('now()')}, ${ifRunning(leaseEndText)}
      from jsonb_to_recordset($1::jsonb) as w(n int, ${insertedColumns.map(typeOf).join()})
      order by n
    returning task_id as "taskId", sequence, queued_at as "queuedAt", started_at as "startedAt",
      lease_expires_at as "leaseExpiresAt"`;

/** Inserts tasks in one statement; the order given is their order of submission. */
export async function insertTasks(queries: SessionQueries, newTasks: readonly NewTask[]): Promise<Task[]> {
  if (newTasks.length === 0) return [];
  const records = newTasks.map((row, n) => ({
    n,
    ...Object.fromEntries(insertedColumns.map((key) => [columns[key].name, row[key as keyof NewTask]])),
  }));
  const rows = await queryPrepared<
    Pick<TaskRow, 'taskId' | 'queuedAt' | 'startedAt' | 'leaseExpiresAt'> & { sequence: string }
  >(queries, insertion, [JSON.stringify(records)]);
  const answers = new Map(rows.map((row) => [row.taskId, row]));
  return newTasks.map((row) => {
    const { sequence, ...stamped } = answers.get(row.taskId)!;
    const unset = { notBefore: null, completedAt: null };
    return new Task({ ...row, ...unset, ...stamped, sequence: Number(sequence) });
  });
}

/**
 * Makes transitions of different tasks, each on the condition of its status, its attempt and its fence. Those of the
 * same name that set the same columns share one statement.
 *
 * @returns the tasks as they are now; a step whose condition did not hold is missing
 */
export async function moveTasks<Move extends Step>(
  queries: SessionQueries,
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
  queries: SessionQueries,
  writer: Writer,
  steps: readonly Move[],
): Promise<[Move, Task][]> {
  const { name, set } = steps[0]!.transition;
  const { from, to, fence } = ruleOf(name);
  const keys = Object.keys(set).sort() as ColumnKey[];
  const types = ['n int', 'of_task text', 'from_attempt int', 'delay_ms float8', ...keys.map(typeOf)];
  const assignments = [...keys.map((key) => `${nameOf(key)} = ${newValue(key)}`), ...assignmentsByRule(name)];
  // The ids are named once more, so that the planner knows how few they are and uses the index.
  const update = `
    update tasks set ${assignments.join()}
      from jsonb_to_recordset($1::jsonb) as w(${types.join()})
      where tasks.task_id = any($2) and tasks.task_id = w.of_task
        and tasks.status in (${from.map(literal).join()}) and tasks.attempt = w.from_attempt
        and ${fenceCondition(fence, writer)}
      returning ${changed}, w.n`;
  const ids = steps.map(({ task }) => task.id);
  const values = [JSON.stringify(steps.map(moveRecord)), ids, writer.nodeId];
  const isEnd = endsAttempt(steps[0]!);
  if (isEnd) values.push(JSON.stringify(steps.map(historyRecord)));
  const rows = await queryPrepared<ChangedRow>(queries, isEnd ? withHistory(update) : update, values);
  return rows.map(({ n, ...changing }) => {
    const { task, transition } = steps[n]!;
    return [steps[n]!, new Task({ ...task.row, ...transition.set, status: to, ...changing })];
  });
}

function moveRecord({ task: { row }, transition }: Step, n: number) {
  const set = Object.entries(transition.set).map(([key, value]): [string, unknown] => [
    columns[key as ColumnKey].name,
    value,
  ]);
  return {
    n,
    of_task: row.taskId,
    from_attempt: row.attempt,
    delay_ms: transition.delayMs ?? null,
    ...(Object.fromEntries(set) as Record<string, unknown>),
  };
}

/** Writes the history of the attempts that an update ends, in the same statement. */
function withHistory(update: string): string {
  return `
    with moved as (${update}), ended as (
      insert into task_attempts (task_id, attempt, node_id, started_at, ended_at, "end", error)
        select task_id, attempt, node_id, started_at, now(), "end", error
          from jsonb_to_recordset($4::jsonb)
            as e(n int, task_id text, attempt int, node_id text, started_at timestamptz, "end" text, error jsonb)
          where n in (select n from moved)
    )
    select * from moved`;
}

function historyRecord({ task: { row }, transition }: Step, n: number) {
  return {
    n,
    task_id: row.taskId,
    attempt: row.attempt,
    node_id: row.nodeId,
    started_at: row.startedAt,
    end: transition.name,
    error: transition.endedBy ?? transition.set.error ?? null,
  };
}

/** What the table of transitions says of a task's status, its lease and its times. */
function assignmentsByRule(name: TransitionName): string[] {
  const { to, stamps } = ruleOf(name);
  return [
    `status = ${literal(to)}`,
    `lease_expires_at = ${to === 'running' ? leaseEndText : 'null'}`,
    ...(to === 'running' ? ['not_before = null'] : []),
    ...(to === 'queued' ? [`not_before = now() + w.delay_ms * interval '1 millisecond'`] : []),
    ...stamps.map((column) => `${nameOf(column)} = now()`),
  ];
}

/** What a transition requires besides the status and the attempt; `$3` is the node that writes, and must have a place. */
function fenceCondition(fence: Fence, { isAlone }: Writer): string {
  switch (fence) {
    case 'new':
    case 'attempt':
      return '$3::text is not null';
    case 'node':
      return 'tasks.node_id = $3';
    case 'lost':
      return isAlone ? '$3::text is not null' : '(tasks.lease_expires_at < now() or tasks.node_id = $3)';
  }
}

/** Whether a transition is the end of an attempt. */
export function endsAttempt({ transition }: Pick<Step, 'transition'>): boolean {
  return ruleOf(transition.name).from.includes('running');
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

/** A word of the table of transitions. */
function literal(word: string): string {
  return `'${word}'`;
}
