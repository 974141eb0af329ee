import { createPinia } from 'pinia';
import { createApp } from 'vue';
import App from './App.vue';
import { router } from './router';
import './styles.css';

createApp(App).use(createPinia()).use(router).mount('#app');

/** A page that was open while the server was upgraded asks for files that are gone: load it anew, but not in a loop. */
addEventListener('vite:preloadError', () => {
  const key = 'headroom.reloaded-at';
  if (Date.now() - Number(sessionStorage.getItem(key)) < 10_000) return;
  sessionStorage.setItem(key, String(Date.now()));
  location.reload();
});
