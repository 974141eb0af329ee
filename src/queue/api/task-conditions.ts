import type { TaskStatus } from '@app/contracts';
import { sql, type SQL, type SQLWrapper } from 'drizzle-orm';
import { tasks } from '../../database/schema.js';

/** Holds where the task of this id has a status; for the lists of features, whose rows have their tasks' ids. */
export function isTaskInStatus(taskId: SQLWrapper, status: TaskStatus): SQL {
  return sql`exists (select 1 from ${tasks} where ${tasks.taskId} = ${taskId} and ${tasks.status} = ${status})`;
}
