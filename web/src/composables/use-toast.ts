import { useMessage } from 'naive-ui';
import { h, readonly, ref, type Ref } from 'vue';
import { RouterLink } from 'vue-router';
import type { ResultLink } from '@/task-result';

type Kind = 'info' | 'success' | 'warning' | 'error';
/** Shows a line for some seconds, with a link where there is more to see, and has it read out. */
export type Toast = Readonly<Record<Kind, (text: string, link?: ResultLink | null) => void>>;

const text = ref('');

/** What screen readers are to say; the frame of the page holds it in a live region. */
export const announcement: Readonly<Ref<string>> = readonly(text);

export function announce(line: string): void {
  text.value = line;
}

export function useToast(): Toast {
  const message = useMessage();
  const show = (kind: Kind) => (line: string, link?: ResultLink | null) => {
    announce(line);
    if (!link) message[kind](line);
    else message[kind](() => h('span', [`${line} `, h(RouterLink, { to: link.to }, () => link.text)]));
  };
  return { info: show('info'), success: show('success'), warning: show('warning'), error: show('error') };
}
