import { and, eq, getTableColumns, inArray, sql, type SQL } from 'drizzle-orm';
import type { Queries } from '../../database/database.js';
import { tasks } from '../../database/schema.js';
import { stateEventData } from '../domain/task-events.js';
import { Task, type Placement, type StateEventType, type TaskRow, type Transition } from '../domain/task.js';

/** A task before the database gave it its place in the order of submission. */
export type NewTask = Omit<TaskRow, 'sequence'>;

/**
 * Further writes that belong to a transition: they commit with it or not at all. They may be undone and
 * asked for once more, so all that they do they do through `queries`.
 */
export type AlsoWrite = (queries: Queries, task: Task) => Promise<void>;

/** An event on its way into the store. */
export interface EventDraft {
  readonly type: StateEventType;
  readonly at: Date;
  readonly taskId: string;
  readonly userId: string;
  readonly data: Record<string, unknown>;
}

/** What a write came to: the answer to its caller, and what the stream says of it. */
export interface Change<Value> {
  readonly value: Value;
  readonly events: readonly EventDraft[];
}

interface Insert {
  readonly kind: 'insert';
  readonly row: NewTask;
  readonly placement: Placement | null;
  readonly also: AlsoWrite;
}

interface Step {
  readonly kind: 'step';
  readonly task: Task;
  readonly transition: Transition;
  readonly also: AlsoWrite | undefined;
}

interface Other {
  readonly kind: 'other';
  readonly change: (queries: Queries) => Promise<Change<unknown>>;
}

/** A new task, a step of a task's life, or anything else that has events. */
export type Write = Insert | Step | Other;

/** How long a node may be silent before its tasks are taken from it, in seconds. */
export const leaseS = 20;
export const leaseEnd = sql`now() + make_interval(secs => ${leaseS})`;

const columns = getTableColumns(tasks);
type ColumnKey = keyof typeof columns;

/**
 * Makes writes of different tasks within one transaction: all new tasks in one statement, then all steps
 * that set the same columns in one, then what belongs to each of them in the order given.
 *
 * @throws whatever one of them throws; then the transaction must be undone
 */
export async function makeTogether(queries: Queries, writes: readonly Write[]): Promise<Change<unknown>[]> {
  const stored = await insertAll(
    queries,
    writes.filter((write) => write.kind === 'insert'),
  );
  const moved = await moveAll(
    queries,
    writes.filter((write) => write.kind === 'step'),
  );
  const changes: Change<unknown>[] = [];
  for (const write of writes) {
    if (write.kind === 'insert') changes.push(await afterInsert(queries, write, stored.get(write)!));
    else if (write.kind === 'step') changes.push(await afterStep(queries, write, moved.get(write)));
    else changes.push(await write.change(queries));
  }
  return changes;
}

/** The task that a write is about; null when it may be about many. */
export function taskIdOf(write: Write): string | null {
  if (write.kind === 'other') return null;
  return write.kind === 'insert' ? write.row.taskId : write.task.id;
}

/** On the condition that the stored task still has the status and the attempt that this one has. */
export function isStill(task: Task): SQL {
  const { taskId, status, attempt } = task.row;
  return and(eq(tasks.taskId, taskId), eq(tasks.status, status), eq(tasks.attempt, attempt))!;
}

async function afterInsert(queries: Queries, write: Insert, task: Task): Promise<Change<Task>> {
  await write.also(queries, task);
  const type = task.isRunning ? 'task_running' : 'task_queued';
  return { value: task, events: [draftOf(type, task, write.placement)] };
}

async function afterStep(
  queries: Queries,
  { transition, also }: Step,
  changed: Task | undefined,
): Promise<Change<Task | null>> {
  if (changed === undefined) return { value: null, events: [] };
  await also?.(queries, changed);
  const lost = changed.isSettled && !changed.hasCompleted ? await failDependents(queries, changed) : [];
  return { value: changed, events: [draftOf(transition.event, changed, null), ...lost] };
}

const inserted = (Object.keys(columns) as ColumnKey[]).filter((key) => key !== 'sequence');
const insertedNames = sql.join(
  inserted.map((key) => sql.identifier(columns[key].name)),
  sql`, `,
);

async function insertAll(queries: Queries, writes: readonly Insert[]): Promise<Map<Insert, Task>> {
  if (writes.length === 0) return new Map();
  const rows = writes.map(({ row }, n) => ({
    n,
    ...Object.fromEntries(inserted.map((key) => [columns[key].name, row[key]])),
  }));
  const { rows: answers } = await queries.execute<{ taskId: string; sequence: string; leaseEnd: string }>(sql`
    insert into tasks (${insertedNames})
      select ${sql.join(
        inserted.map((key) => (key === 'leaseExpiresAt' ? leaseOf(sql`w.status`) : newValue(key))),
        sql`, `,
      )}
        from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as w(n int, ${columnTypes(inserted)})
        order by n
      returning task_id as "taskId", sequence, lease_expires_at as "leaseEnd"`);
  const answerOf = new Map(answers.map((answer) => [answer.taskId, answer]));
  return new Map(
    writes.map((write) => {
      const { sequence, leaseEnd: end } = answerOf.get(write.row.taskId)!;
      const leaseExpiresAt = (end as string | null) === null ? null : new Date(end);
      return [write, new Task({ ...write.row, sequence: Number(sequence), leaseExpiresAt })];
    }),
  );
}

/** Steps that set the same columns are one statement. */
async function moveAll(queries: Queries, writes: readonly Step[]): Promise<Map<Step, Task>> {
  const byColumns = new Map<string, Step[]>();
  for (const write of writes) {
    const key = Object.keys(write.transition.set).sort().join();
    byColumns.set(key, [...(byColumns.get(key) ?? []), write]);
  }
  const moved = new Map<Step, Task>();
  for (const [key, alike] of byColumns) {
    const keys = key.split(',') as ColumnKey[];
    const steps = alike.map(({ task: { row }, transition: { set } }, n) => ({
      n,
      of_task: row.taskId,
      from_status: row.status,
      from_attempt: row.attempt,
      ...Object.fromEntries(keys.map((name) => [columns[name].name, set[name]])),
    }));
    const rows = await queries
      .update(tasks)
      .set({
        ...Object.fromEntries(keys.map((name) => [name, newValue(name)])),
        ...(keys.includes('status') && { leaseExpiresAt: leaseOf(sql`w.status`) }),
      })
      .from(
        sql`jsonb_to_recordset(${JSON.stringify(steps)}::jsonb)
          as w(n int, of_task text, from_status text, from_attempt int, ${columnTypes(keys)})`,
      )
      .where(
        // Named besides, so that the planner knows how few they are and goes by the index.
        sql`${tasks.taskId} = any(${sql.param(alike.map(({ task }) => task.id))}) and ${tasks.taskId} = w.of_task and ${tasks.status} = w.from_status and ${tasks.attempt} = w.from_attempt`,
      )
      .returning({ ...columns, n: sql<number>`w.n` });
    for (const { n, ...row } of rows) moved.set(alike[n]!, new Task(row));
  }
  return moved;
}

function newValue(key: ColumnKey): SQL {
  return sql`w.${sql.identifier(columns[key].name)}`;
}

/** Only a running task has a lease, and the database's clock says until when. */
function leaseOf(status: SQL): SQL {
  return sql`case when ${status} = 'running' then ${leaseEnd} end`;
}

function columnTypes(keys: readonly ColumnKey[]): SQL {
  return sql.join(
    keys.map((key) => sql`${sql.identifier(columns[key].name)} ${sql.raw(columns[key].getSQLType())}`),
    sql`, `,
  );
}

/** Tasks that were to run after one that has not completed end with it, and those after them. */
async function failDependents(queries: Queries, ended: Task): Promise<EventDraft[]> {
  const drafts: EventDraft[] = [];
  let before = [ended];
  while (before.length > 0) {
    const ids = before.map(({ id }) => id);
    const waiting = await queries
      .select()
      .from(tasks)
      .where(and(inArray(tasks.runAfter, ids), eq(tasks.status, 'queued')));
    before = [];
    for (const row of waiting) {
      const task = new Task(row);
      const { set, event } = task.failWith(row.runAfter!, new Date());
      const [failed] = await queries.update(tasks).set(set).where(isStill(task)).returning();
      before.push(new Task(failed!));
      drafts.push(draftOf(event, new Task(failed!), null));
    }
  }
  return drafts;
}

function draftOf(type: StateEventType, task: Task, placement: Placement | null): EventDraft {
  const { taskId, userId } = task.row;
  return { type, at: new Date(), taskId, userId, data: stateEventData(type, task.view(placement)) };
}
