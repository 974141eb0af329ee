import { darkTheme, type GlobalTheme, type GlobalThemeOverrides } from 'naive-ui';
import { computed, readonly, ref, watchEffect } from 'vue';
import { preferences } from '@/preferences';

const systemQuery = matchMedia('(prefers-color-scheme: dark)');
const systemIsDark = ref(systemQuery.matches);
systemQuery.addEventListener('change', ({ matches }) => (systemIsDark.value = matches));

const dark = computed(() =>
  preferences.theme === 'system' ? systemIsDark.value : preferences.theme === 'dark',
);

/** Dark by the user's choice, or by the system's when there is none. */
export const isDark = readonly(dark);

watchEffect(() => {
  document.documentElement.dataset.theme = dark.value ? 'dark' : 'light';
});

export const naiveTheme = computed<GlobalTheme | null>(() => (dark.value ? darkTheme : null));

const font = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", Arial, sans-serif';

/** Naive UI's own colours miss a contrast of 4.5:1 in places; these keep it. They match styles.css. */
export const naiveOverrides = computed<GlobalThemeOverrides>(() => ({
  common: {
    fontFamily: font,
    borderRadius: '6px',
    ...(dark.value
      ? {
          bodyColor: '#12161c',
          cardColor: '#1a2028',
          modalColor: '#1a2028',
          popoverColor: '#232b35',
          primaryColor: '#79b8ff',
          primaryColorHover: '#9fd0ff',
          primaryColorPressed: '#5aa2f2',
          primaryColorSuppl: '#79b8ff',
          errorColor: '#ff8a80',
          errorColorHover: '#ffa69e',
          errorColorPressed: '#f2736a',
          textColor2: '#e3e8ee',
          textColor3: '#a9b4c0',
          placeholderColor: '#a9b4c0',
          borderColor: '#3b4653',
        }
      : {
          bodyColor: '#f4f6f8',
          primaryColor: '#0b62b8',
          primaryColorHover: '#0a55a0',
          primaryColorPressed: '#084680',
          primaryColorSuppl: '#0b62b8',
          errorColor: '#b3261e',
          errorColorHover: '#9c1f18',
          errorColorPressed: '#821913',
          textColor2: '#1c2733',
          textColor3: '#51606f',
          placeholderColor: '#5c6b7a',
          borderColor: '#c9d1d9',
        }),
  },
}));
