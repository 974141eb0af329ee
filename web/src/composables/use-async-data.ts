import { onScopeDispose, ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue';
import { useTaskManagerStore } from '@/stores/taskManager';

export interface Loaded<Value> {
  readonly value: ShallowRef<Value | null>;
  readonly error: Ref<string | null>;
  readonly isLoading: Ref<boolean>;
  /** Loads again; what is shown stays until the answer is there. */
  readonly reload: () => Promise<void>;
}

/**
 * Something that a page shows and that comes from the server: its value, its error, and whether it is on its
 * way. What could not be had is asked for again when the server is back.
 */
export function useAsyncData<Value>(load: (signal: AbortSignal) => Promise<Value>): Loaded<Value> {
  const value = shallowRef<Value | null>(null);
  const error = ref<string | null>(null);
  const isLoading = ref(true);
  let abort = new AbortController();

  async function reload(): Promise<void> {
    abort.abort();
    const own = (abort = new AbortController());
    isLoading.value = true;
    try {
      const answer = await load(own.signal);
      if (own.signal.aborted) return;
      value.value = answer;
      error.value = null;
    } catch (cause) {
      if (own.signal.aborted) return;
      error.value = cause instanceof Error ? cause.message : String(cause);
    }
    isLoading.value = false;
  }

  const taskManager = useTaskManagerStore();
  watch(
    () => taskManager.connection,
    (connection) => {
      if (error.value !== null && (connection === 'live' || connection === 'polling')) void reload();
    },
  );
  onScopeDispose(() => abort.abort());
  void reload();
  return { value, error, isLoading, reload };
}
