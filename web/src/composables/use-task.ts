import { computed, watch, type ComputedRef } from 'vue';
import { isSettled, useTaskManagerStore, type TrackedTask } from '@/stores/taskManager';

/** A task as the live store knows it; `onEnd` is called when it ends while somebody looks. */
export function useTask(taskId: () => string, onEnd: () => void): ComputedRef<TrackedTask | null> {
  const taskManager = useTaskManagerStore();
  const task = computed(() => taskManager.tasks.get(taskId()) ?? null);
  watch(
    () => task.value !== null && isSettled(task.value),
    (isOver, wasOver) => {
      if (isOver && !wasOver) onEnd();
    },
  );
  return task;
}
