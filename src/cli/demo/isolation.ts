import { answered, type Problem, type Schemas } from '@app/client';
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
  const { api } = user.session;
  const isForeign = (id: string) => others.includes(id);
  const newest = { params: { query: { limit: 200 } } };
  const tasks = await answered(api.GET('/api/tasks', newest));
  const backtests = await answered(api.GET('/api/backtests', newest));
  const system = await answered(api.GET('/api/system/resources'));
  const { queued_tasks, running_tasks } = system.queue;
  const isOwn = (task: Schemas['Task']) => task.user_id === user.userId && !isForeign(task.task_id);
  const refused: boolean[] = [];
  for (const id of others) {
    refused.push(
      isNotFound(await api.GET('/api/tasks/{task_id}', { params: { path: { task_id: id } } })),
      isNotFound(await api.GET('/api/backtests/{id}', { params: { path: { id } } })),
    );
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

function isNotFound({ response, error }: { response: Response; error?: Problem | undefined }): boolean {
  return response.status === 404 && error?.code === 'NOT_FOUND';
}
