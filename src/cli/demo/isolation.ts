import type { BacktestSummary, Page, SystemResources, Task } from '@app/contracts';
import { RequestRefused } from './api-client.js';
import type { DemoUser } from './demo-user.js';

export interface Check {
  readonly user: string;
  readonly what: string;
  readonly ok: boolean;
}

/**
 * Looks with one user's eyes for the other's tasks, everywhere where tasks are shown.
 *
 * @param others ids of the other user's tasks, at least one
 */
export async function checkIsolation(user: DemoUser, others: readonly string[]): Promise<Check[]> {
  const { client } = user;
  const isForeign = (id: string) => others.includes(id);
  const tasks = (await client.get('/api/tasks?limit=200')) as Page<Task>;
  const backtests = (await client.get('/api/backtests?limit=200')) as Page<BacktestSummary>;
  const system = (await client.get('/api/system/resources')) as SystemResources;
  const { queued_tasks, running_tasks } = system.queue;
  const isOwn = (task: Task) => task.user_id === user.userId && !isForeign(task.task_id);
  const refused: boolean[] = [];
  for (const id of others) {
    for (const path of [`/api/tasks/${id}`, `/api/backtests/${id}`])
      refused.push(await isNotFound(user, path));
  }
  const check = (what: string, ok: boolean): Check => ({ user: user.name, what, ok });
  return [
    check('the event stream showed own tasks only', ![...user.mentioned].some(isForeign) && isAlone(user)),
    check('the event stream showed nothing of the machine', !user.sawResources),
    check('the list of tasks holds own tasks only', tasks.items.every(isOwn)),
    check(
      'the list of backtests holds own ones only',
      !backtests.items.some((item) => isForeign(item.backtest_id)),
    ),
    check('the queue holds own tasks only', [...queued_tasks, ...running_tasks].every(isOwn)),
    check("the machine's resources are not shown", system.resources === undefined && !system.is_admin),
    check(`the other's ${others.length} tasks and backtests are 404 by id`, refused.every(Boolean)),
  ];
}

function isAlone({ owners, userId }: DemoUser): boolean {
  return [...owners].every((owner) => owner === userId);
}

async function isNotFound(user: DemoUser, path: string): Promise<boolean> {
  try {
    await user.client.get(path);
    return false;
  } catch (error) {
    if (!(error instanceof RequestRefused)) throw error;
    return error.status === 404 && error.problem?.code === 'NOT_FOUND';
  }
}
