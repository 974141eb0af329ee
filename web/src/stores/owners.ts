import { defineStore } from 'pinia';
import { shallowRef } from 'vue';
import type { Page, User } from '@app/contracts';
import { request } from '@/api/client';
import { useSessionStore } from '@/stores/session';

/** Usernames by user id, for admins, who see everyone's tasks. */
export const useOwnersStore = defineStore('owners', () => {
  const names = shallowRef<ReadonlyMap<string, string>>(new Map());
  const session = useSessionStore();
  const unknown = new Set<string>();
  let isLoading = false;

  /** The name of a task's owner; its id until the name is known. */
  function nameOf(userId: string): string {
    const name = names.value.get(userId);
    if (name !== undefined) return name;
    if (userId === session.me?.user_id) return session.me.username;
    if (session.isAdmin && !unknown.has(userId)) void load(userId);
    return userId.slice(0, 8);
  }

  async function load(userId: string): Promise<void> {
    if (isLoading) return;
    isLoading = true;
    try {
      const { items } = await request<Page<User>>('/api/users', { query: { limit: 200 } });
      names.value = new Map(items.map((user) => [user.user_id, user.username]));
      if (!names.value.has(userId)) unknown.add(userId);
    } catch {
      unknown.add(userId);
    }
    isLoading = false;
  }

  return { nameOf };
});
