import { NMessageProvider } from 'naive-ui';
import { createPinia, setActivePinia, type Pinia } from 'pinia';
import { createApp, h, nextTick, type App, type Component } from 'vue';
import { createMemoryHistory, createRouter } from 'vue-router';
import { routes } from '@/router';

let app: App | null = null;

export function freshPinia(): Pinia {
  const pinia = createPinia();
  setActivePinia(pinia);
  return pinia;
}

/** Mounts a component as the page does, with messages, stores and links; returns its element. */
export async function mounted(
  component: Component,
  props: object,
  pinia = freshPinia(),
): Promise<HTMLElement> {
  unmount();
  const element = document.createElement('div');
  document.body.append(element);
  app = createApp({ render: () => h(NMessageProvider, () => h(component, props)) });
  app.use(pinia).use(createRouter({ history: createMemoryHistory(), routes }));
  app.mount(element);
  await nextTick();
  return element;
}

export function unmount(): void {
  app?.unmount();
  app = null;
  document.body.replaceChildren();
}

/** The text of an element with its white space folded. */
export function textOf(element: Element | null | undefined): string {
  return (element?.textContent ?? '').replace(/\s+/g, ' ').trim();
}

export function button(element: Element, name: string): HTMLButtonElement {
  const found = [...element.querySelectorAll('button')].find(
    (candidate) => (candidate.getAttribute('aria-label') ?? textOf(candidate)) === name,
  );
  if (!found) throw new Error(`There is no button "${name}" in: ${textOf(element)}`);
  return found;
}
