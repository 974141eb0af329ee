import { ref, watch, type Ref } from 'vue';

const prefix = 'headroom.draft.';

/** What is being filled in, kept for this tab: a reload or a look at another page loses nothing. */
export function useSessionDraft<Draft extends object>(name: string, empty: () => Draft): Ref<Draft> {
  const draft = ref(read(name, empty)) as Ref<Draft>;
  watch(draft, (filled) => sessionStorage.setItem(prefix + name, JSON.stringify(filled)), { deep: true });
  return draft;
}

export function forgetDrafts(): void {
  for (const key of Object.keys(sessionStorage)) if (key.startsWith(prefix)) sessionStorage.removeItem(key);
}

function read<Draft extends object>(name: string, empty: () => Draft): Draft {
  try {
    return { ...empty(), ...(JSON.parse(sessionStorage.getItem(prefix + name) ?? '{}') as Partial<Draft>) };
  } catch {
    return empty();
  }
}
