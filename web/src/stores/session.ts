import { defineStore } from 'pinia';
import { computed, shallowRef } from 'vue';
import type { Me } from '@app/contracts';
import { request, signIn } from '@/api/client';
import { forgetTokens, readTokens } from '@/api/tokens';
import { forgetDrafts } from '@/composables/use-session-draft';
import { forgetHistory } from '@/stores/usage-history';

/** Who is signed in. */
export const useSessionStore = defineStore('session', () => {
  const me = shallowRef<Me | null>(null);
  const isSignedIn = computed(() => me.value !== null);
  const isAdmin = computed(() => me.value?.is_admin ?? false);

  /** Finds out who an earlier login belongs to; nobody when there is none. */
  async function restore(): Promise<void> {
    if (me.value === null && readTokens() !== null) me.value = await request<Me>('/api/auth/me');
  }

  /** Asks again who this is: an admin may have changed the role. */
  async function reload(): Promise<void> {
    me.value = await request<Me>('/api/auth/me');
  }

  async function login(username: string, password: string): Promise<void> {
    await signIn(username, password);
    await restore();
  }

  async function logout(): Promise<void> {
    try {
      await request('/api/auth/logout', { method: 'POST' });
    } finally {
      end();
    }
  }

  function end(): void {
    forgetTokens();
    forgetDrafts();
    forgetHistory();
    me.value = null;
  }

  return { me, isSignedIn, isAdmin, restore, reload, login, logout, end };
});
