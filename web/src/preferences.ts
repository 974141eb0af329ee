import { reactive, watch } from 'vue';

type Theme = 'system' | 'light' | 'dark';

interface Preferences {
  theme: Theme;
  timeZone: 'utc' | 'local';
}

const key = 'headroom.preferences';

function read(): Preferences {
  const usual: Preferences = { theme: 'system', timeZone: 'local' };
  try {
    return { ...usual, ...(JSON.parse(localStorage.getItem(key) ?? '{}') as Partial<Preferences>) };
  } catch {
    return usual;
  }
}

/** What this browser's user likes; kept in local storage. */
export const preferences = reactive<Preferences>(read());

watch(preferences, (chosen) => localStorage.setItem(key, JSON.stringify(chosen)));
