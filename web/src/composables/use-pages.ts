import { computed, ref, shallowRef, type ComputedRef, type Ref, type ShallowRef } from 'vue';
import type { Page } from '@app/contracts';
import { useAsyncData, type Loaded } from '@/composables/use-async-data';

export interface Pages<Item> {
  readonly loaded: Loaded<Page<Item>>;
  readonly items: ComputedRef<readonly Item[]>;
  readonly hasMore: ComputedRef<boolean>;
  readonly isLoadingMore: Ref<boolean>;
  readonly more: () => Promise<void>;
}

/** A list of the API, page after page; reloading starts again with the first. */
export function usePages<Item>(
  load: (cursor: string | undefined, signal?: AbortSignal) => Promise<Page<Item>>,
): Pages<Item> {
  const later: ShallowRef<readonly Page<Item>[]> = shallowRef([]);
  const isLoadingMore = ref(false);
  const loaded = useAsyncData(async (signal) => {
    const first = await load(undefined, signal);
    later.value = [];
    return first;
  });
  const all = computed(() => (loaded.value.value === null ? [] : [loaded.value.value, ...later.value]));
  const items = computed(() => all.value.flatMap((page) => page.items));
  const next = computed(() => all.value.at(-1)?.next_cursor ?? null);

  async function more(): Promise<void> {
    if (next.value === null || isLoadingMore.value) return;
    isLoadingMore.value = true;
    try {
      later.value = [...later.value, await load(next.value)];
    } catch (error) {
      loaded.error.value = error instanceof Error ? error.message : String(error);
    }
    isLoadingMore.value = false;
  }

  return { loaded, items, hasMore: computed(() => next.value !== null), isLoadingMore, more };
}
