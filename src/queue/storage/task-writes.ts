import { and, eq, inArray } from 'drizzle-orm';
import type { Queries, SessionQueries } from '../../database/queries.js';
import { tasks } from '../../database/schema.js';
import type { QueuePosition } from '../domain/queue-position.js';
import { stateEventData, type StateEventType, type StoredTaskEvent } from '../domain/task-events.js';
import { ruleOf } from '../domain/task-transitions.js';
import { Task, type Transition } from '../domain/task.js';
import { insertTasks, moveTasks, type NewTask, type Writer } from './task-statements.js';

export type { NewTask } from './task-statements.js';

/**
 * Further writes that belong to a transition: they commit with it or not at all. They may be undone and called
 * again, so everything they do they do through `queries`.
 */
export type TransactionHook = (queries: Queries, task: Task) => Promise<void>;

/** An event that is about to be stored; the database says when it happened. */
export interface EventDraft {
  readonly type: StoredTaskEvent['type'];
  readonly taskId: string;
  readonly userId: string;
  readonly data: Record<string, unknown>;
}

/** What a write came to: the answer to its caller, and the events of it. */
export interface Change<Value> {
  readonly value: Value;
  readonly events: readonly EventDraft[];
}

interface InsertWrite {
  readonly kind: 'insert';
  readonly row: NewTask;
  readonly position: QueuePosition | null;
  readonly inTransaction: TransactionHook;
}

interface StepWrite {
  readonly kind: 'step';
  readonly task: Task;
  readonly transition: Transition;
  readonly inTransaction: TransactionHook | undefined;
}

interface OtherWrite {
  readonly kind: 'other';
  readonly change: (queries: SessionQueries) => Promise<Change<unknown>>;
}

/** A new task, a transition of a task, or anything else that has events. */
export type Write = InsertWrite | StepWrite | OtherWrite;

/**
 * Makes writes of different tasks within one transaction: all new tasks in one statement, then the transitions in as
 * few statements as possible, then what belongs to each of them in the order given.
 *
 * @throws whatever one of them throws; then the transaction must be undone
 */
export async function applyBatch(
  queries: SessionQueries,
  writer: Writer,
  writes: readonly Write[],
): Promise<Change<unknown>[]> {
  const inserts = writes.filter((write) => write.kind === 'insert');
  const steps = writes.filter((write) => write.kind === 'step');
  const inserted = await insertTasks(
    queries,
    inserts.map(({ row }) => row),
  );
  const stored = new Map(inserts.map((write, n) => [write, inserted[n]!]));
  const moved = await moveTasks(queries, writer, steps);
  const changes: Change<unknown>[] = [];
  for (const write of writes) {
    if (write.kind === 'insert') changes.push(await afterInsert(queries, write, stored.get(write)!));
    else if (write.kind === 'step') changes.push(await afterStep(queries, writer, write, moved.get(write)));
    else changes.push(await write.change(queries));
  }
  return changes;
}

/** The tasks that a write is about, and the one that it depends on; none when it may be about many. */
export function taskIdsOf(write: Write): string[] {
  switch (write.kind) {
    case 'insert':
      return [write.row.taskId, ...(write.row.runAfter === null ? [] : [write.row.runAfter])];
    case 'step':
      return [write.task.id];
    case 'other':
      return [];
  }
}

async function afterInsert(queries: Queries, write: InsertWrite, task: Task): Promise<Change<Task>> {
  await write.inTransaction(queries, task);
  const { event } = ruleOf(task.isRunning ? 'submitRunning' : 'submit');
  return { value: task, events: [draftOf(event, task, write.position)] };
}

async function afterStep(
  queries: SessionQueries,
  writer: Writer,
  { transition, inTransaction }: StepWrite,
  changed: Task | undefined,
): Promise<Change<Task | null>> {
  if (changed === undefined) return { value: null, events: [] };
  await inTransaction?.(queries, changed);
  const hasFailed = changed.isSettled && !changed.hasCompleted;
  const dependents = hasFailed ? await failDependents(queries, writer, changed) : [];
  const failures = dependents.map((task) => draftOf('task_completed', task, null));
  return { value: changed, events: [draftOf(ruleOf(transition.name).event, changed, null), ...failures] };
}

/** Fails the queued tasks that were to run after one that has not completed, and those after them. */
async function failDependents(queries: SessionQueries, writer: Writer, ended: Task): Promise<Task[]> {
  const failed: Task[] = [];
  let before = [ended.id];
  while (before.length > 0) {
    const waiting = await queries
      .select()
      .from(tasks)
      .where(and(inArray(tasks.runAfter, before), eq(tasks.status, 'queued')))
      .orderBy(tasks.sequence);
    const steps = waiting.map((row) => {
      const task = new Task(row);
      const message = `It was to run after task ${row.runAfter!}, which did not complete.`;
      return { task, transition: task.failQueued('DEPENDENCY_FAILED', message) };
    });
    const moved = await moveTasks(queries, writer, steps);
    const next = steps.flatMap((step) => moved.get(step) ?? []);
    failed.push(...next);
    before = next.map(({ id }) => id);
  }
  return failed;
}

function draftOf(type: StateEventType, task: Task, position: QueuePosition | null): EventDraft {
  const { taskId, userId } = task.row;
  return { type, taskId, userId, data: stateEventData(type, task.view(position)) };
}
