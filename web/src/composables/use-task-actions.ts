import { reactive } from 'vue';
import type { Task } from '@app/contracts';
import { request } from '@/api/client';
import { useToast } from '@/composables/use-toast';
import { useTaskManagerStore } from '@/stores/taskManager';

export interface TaskActions {
  /** Ids of tasks whose last order is still on its way. */
  readonly busy: ReadonlySet<string>;
  readonly cancel: (task: Task) => Promise<void>;
  readonly retry: (task: Pick<Task, 'task_id'>) => Promise<void>;
  readonly setPriority: (task: Task, priority: number) => Promise<void>;
}

/** What a person can order about a task; the answer goes into the store, a refusal into a toast. */
export function useTaskActions(): TaskActions {
  const toast = useToast();
  const taskManager = useTaskManagerStore();
  const busy = reactive(new Set<string>());

  async function order(task: Pick<Task, 'task_id'>, call: () => Promise<Task>): Promise<void> {
    busy.add(task.task_id);
    try {
      const answer = await call();
      if (taskManager.tasks.has(task.task_id)) taskManager.updateTask(task.task_id, answer);
    } catch (error) {
      toast.error(error instanceof Error ? error.message : String(error));
    } finally {
      busy.delete(task.task_id);
    }
  }

  return {
    busy,
    cancel: (task) =>
      order(task, () => request<Task>(`/api/tasks/${task.task_id}/cancel`, { method: 'POST' })),
    retry: (task) => order(task, () => request<Task>(`/api/tasks/${task.task_id}/retry`, { method: 'POST' })),
    setPriority: (task, priority) =>
      order(task, () => request<Task>(`/api/tasks/${task.task_id}`, { method: 'PATCH', body: { priority } })),
  };
}
