import type { SessionQueries } from '../../database/queries.js';
import { queryPrepared } from '../../database/prepared-statement.js';
import type { AttemptRef } from './task-leases.js';
import type { Change, EventDraft } from './task-writes.js';

/** What an attempt reports of itself. */
export interface ProgressChange extends AttemptRef {
  readonly description: string;
  /** 0 to 1; null when unknown. */
  readonly progress: number | null;
}

/** Stores the progress of running attempts in one statement: the newest at the task, an event for each. */
export async function storeProgress(
  queries: SessionQueries,
  changes: readonly ProgressChange[],
): Promise<Change<null>> {
  const numbered = JSON.stringify(changes.map((change, n) => ({ ...change, n })));
  const rows = await queryPrepared<{ userId: string; n: number }>(
    queries,
    `with changes as (
      select c.*, t.user_id from jsonb_to_recordset($1::jsonb)
          as c(n int, "taskId" text, attempt int, description text, progress float8)
        join tasks t on t.task_id = c."taskId" and t.attempt = c.attempt and t.status = 'running'
    ), updated as (
      update tasks set description = newest.description, progress = newest.progress
        from (select distinct on ("taskId") * from changes order by "taskId", n desc) newest
        where tasks.task_id = newest."taskId" and tasks.attempt = newest.attempt and tasks.status = 'running'
    )
    select n, user_id as "userId" from changes order by n`,
    [numbered],
  );
  const events = rows.map(({ n, userId }): EventDraft => {
    const { taskId, description, progress } = changes[n]!;
    const data = { task_id: taskId, description, progress };
    return { type: 'task_description_update', taskId, userId, data };
  });
  return { value: null, events };
}
