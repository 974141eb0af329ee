import { defineStore } from 'pinia';
import { computed, ref, shallowReactive, shallowRef } from 'vue';
import type { Page, Resources, SystemResources, Task, TaskEventMessage } from '@app/contracts';
import { ApiError, request } from '@/api/client';
import { SharedStream } from '@/api/shared-stream';
import { keepHistory, lately, readHistory, type UsageSample } from '@/stores/usage-history';

/** A task as the page keeps it. */
export type TrackedTask = Task & { readonly created_at: string };
/** What must be known of a task to show it. */
export type NewTask = Pick<Task, 'task_id' | 'task_type' | 'status'> & Partial<TrackedTask>;
/**
 * How the store hears of changes: `live` by the event stream, `polling` every 2 s while that is away,
 * `offline` when neither works.
 */
export type Connection = 'idle' | 'connecting' | 'live' | 'polling' | 'offline';

const pollIntervalMs = 2000;
/** So many failed connections in a row before polling steps in. */
const failuresBeforePolling = 2;
const cleanUpIntervalMs = 600_000;
const completedStaysMs = 3_600_000;
/** The machine's history has a point each two seconds at most. */
const historySpacingMs = 2000;
/** How long a question after a task that got no answer waits before it is asked again. */
const askAgainMs = 2000;
const recentTasks = 10;

type Queue = SystemResources['queue'];

export const useTaskManagerStore = defineStore('taskManager', () => {
  const tasks = shallowReactive(new Map<string, TrackedTask>());
  const resources = shallowRef<Resources | null>(null);
  const usageHistory = shallowRef<readonly UsageSample[]>([]);
  const isAdmin = ref(false);
  const isMonitoring = ref(false);
  const connection = ref<Connection>('idle');
  const isQueuePaused = ref(false);
  /** The first state of the server has arrived. */
  const isLoaded = ref(false);
  /** The last task that was seen to end, whichever way. */
  const lastEnded = shallowRef<TrackedTask | null>(null);

  /** Completed tasks that the user cleared away: a fresh snapshot must not bring them back. */
  const cleared = new Set<string>();
  /** Unfinished tasks that a snapshot of the queue did not hold: asked after one by one. */
  const missing = new Set<string>();
  let pollTimer: ReturnType<typeof setTimeout> | undefined;
  let cleanUpTimer: ReturnType<typeof setInterval> | undefined;
  /** Answers that come after a stop or a newer start are of no interest. */
  let session = 0;

  const stream = new SharedStream({
    snapshot,
    onOpen: () => {
      stopPolling();
      connection.value = 'live';
    },
    onMessage: apply,
    onLost: (failures) => {
      if (failures < failuresBeforePolling) connection.value = 'connecting';
      else startPolling();
    },
  });

  const all = computed(() => [...tasks.values()]);
  const runningTasks = computed(() =>
    all.value
      .filter(({ status }) => status === 'running')
      .sort(by<TrackedTask>((task) => task.started_at ?? task.created_at)),
  );
  const queuedTasks = computed(() =>
    all.value
      .filter(({ status }) => status === 'queued')
      .sort(
        (a, b) =>
          (a.queue_position ?? Infinity) - (b.queue_position ?? Infinity) ||
          by<TrackedTask>((task) => task.queued_at)(a, b),
      ),
  );
  /** Every task that has ended, whichever way, the latest first. */
  const completedTasks = computed(() =>
    all.value.filter(isSettled).sort((a, b) => by<TrackedTask>((task) => task.completed_at ?? '')(b, a)),
  );

  const cpuUsagePercent = computed(() => resources.value?.cpu.usage_percent ?? 0);
  const ramUsagePercent = computed(() => resources.value?.ram.usage_percent ?? 0);
  const availableCpuCores = computed(() => resources.value?.cpu.available_cores ?? 0);
  const availableRamGB = computed(() => resources.value?.ram.available_gb ?? 0);

  /** Opens the event stream; resolves when the state of the server is known or cannot be had. */
  async function startMonitoring(): Promise<void> {
    if (isMonitoring.value) return;
    isMonitoring.value = true;
    connection.value = 'connecting';
    usageHistory.value = readHistory();
    session += 1;
    cleanUpTimer = setInterval(removeOldTasks, cleanUpIntervalMs);
    addEventListener('online', reconnectNow);
    stream.start();
    await poll();
  }

  function stopMonitoring(): void {
    session += 1;
    isMonitoring.value = false;
    connection.value = 'idle';
    stream.stop();
    stopPolling();
    missing.clear();
    clearInterval(cleanUpTimer);
    removeEventListener('online', reconnectNow);
  }

  /** Forgets everything: another person may sign in next. */
  function $reset(): void {
    stopMonitoring();
    forget();
    cleared.clear();
    isAdmin.value = false;
    lastEnded.value = null;
  }

  function forget(): void {
    tasks.clear();
    missing.clear();
    resources.value = null;
    usageHistory.value = [];
    isQueuePaused.value = false;
    isLoaded.value = false;
  }

  /** Another role sees other tasks: nothing of what is known here may stay. */
  function changeRole(): void {
    forget();
    void poll();
  }

  function addTask(task: NewTask): void {
    tasks.set(task.task_id, complete(task));
  }

  function addRecent(task: Task): void {
    if (!cleared.has(task.task_id)) addTask(task);
  }

  function updateTask(taskId: string, changes: Partial<TrackedTask>): void {
    const task = tasks.get(taskId);
    if (task) tasks.set(taskId, { ...task, ...changes });
  }

  function removeTask(taskId: string): void {
    tasks.delete(taskId);
  }

  function clearCompletedTasks(): void {
    for (const { task_id } of completedTasks.value) {
      cleared.add(task_id);
      tasks.delete(task_id);
    }
  }

  function removeOldTasks(): void {
    const threshold = Date.now() - completedStaysMs;
    for (const task of completedTasks.value) {
      if (task.completed_at !== null && Date.parse(task.completed_at) < threshold) removeTask(task.task_id);
    }
  }

  function apply(message: TaskEventMessage): void {
    // Admins alone get the resources, and with every message; a replay may come under another role.
    const isAdmins = message.resources !== undefined;
    if (isLoaded.value && isAdmins !== isAdmin.value) {
      isAdmin.value = isAdmins;
      changeRole();
    }
    if (message.resources) note(message.resources, message.timestamp);
    switch (message.type) {
      case 'initial_state':
        isAdmin.value = isAdmins;
        applyQueue(message.data);
        message.data.recent_tasks.forEach(addRecent);
        isLoaded.value = true;
        break;
      case 'task_queued':
      case 'task_running':
        cleared.delete(message.data.task_id);
        addTask({ ...tasks.get(message.data.task_id), ...message.data });
        break;
      case 'task_completed': {
        const { success: _, ...task } = message.data;
        settle(task);
        break;
      }
      case 'task_description_update':
        updateTask(message.data.task_id, message.data);
        break;
      case 'queue_positions':
        for (const { task_id, ...position } of message.data.positions) updateTask(task_id, position);
        break;
      case 'queue_state':
        isQueuePaused.value = message.data.paused;
        break;
      case 'heartbeat':
        break;
    }
  }

  /** What is known here, as the server would tell it to somebody who has just connected. */
  function snapshot(): TaskEventMessage | null {
    if (connection.value !== 'live' || !isLoaded.value) return null;
    const data = {
      paused: isQueuePaused.value,
      running_count: runningTasks.value.length,
      queued_count: queuedTasks.value.length,
      running_tasks: runningTasks.value,
      queued_tasks: queuedTasks.value,
      recent_tasks: completedTasks.value.slice(0, recentTasks),
      resumed: false as const,
      truncated: false,
      next_cursor: null,
    };
    const timestamp = new Date().toISOString();
    return { type: 'initial_state', data, timestamp, ...(resources.value && { resources: resources.value }) };
  }

  /** Takes over a snapshot of the queue; a task that is missing from it is fetched, not assumed completed. */
  function applyQueue({ paused, queued_tasks, running_tasks, next_cursor }: Queue): void {
    isQueuePaused.value = paused;
    const present = new Set<string>();
    for (const task of [...running_tasks, ...queued_tasks]) {
      present.add(task.task_id);
      addTask({ ...tasks.get(task.task_id), ...task });
    }
    // A task that is missing from the first page may be on a later one.
    if (next_cursor !== null) return;
    const isAsking = missing.size > 0;
    for (const task of tasks.values())
      if (!isSettled(task) && !present.has(task.task_id)) missing.add(task.task_id);
    if (!isAsking && missing.size > 0) void fetchMissing();
  }

  /** One question at a time, and again when it got no answer: there may be hundreds. */
  async function fetchMissing(): Promise<void> {
    const asked = session;
    for (let taskId = first(missing); taskId !== undefined; taskId = first(missing)) {
      const answer = await request<Task>(`/api/tasks/${taskId}`).catch((error: unknown) => error);
      if (asked !== session) return;
      const isGone = answer instanceof ApiError && answer.status === 404;
      if (answer instanceof Error && !isGone) {
        await new Promise((resolve) => setTimeout(resolve, askAgainMs));
        if (asked !== session) return;
        continue;
      }
      // The stream may have spoken of it, or a change of role have made it invisible, in the meantime.
      const known = missing.delete(taskId) ? tasks.get(taskId) : undefined;
      if (known === undefined || isSettled(known)) continue;
      if (isGone) removeTask(taskId);
      else settle(answer as Task);
    }
  }

  function settle(task: Task): void {
    addTask({ ...tasks.get(task.task_id), ...task });
    if (isSettled(task)) lastEnded.value = tasks.get(task.task_id) ?? null;
  }

  /** Asks for the state of the server once. */
  async function poll(): Promise<void> {
    const asked = session;
    try {
      const [state, history] = await Promise.all([
        request<SystemResources>('/api/system/resources'),
        request<Page<Task>>('/api/tasks', { query: { limit: recentTasks } }),
      ]);
      // The stream may have answered in the meantime, and then it knows better.
      if (asked !== session || (connection.value === 'live' && isLoaded.value)) return;
      isAdmin.value = state.is_admin;
      if (state.resources) note(state.resources, new Date().toISOString());
      applyQueue(state.queue);
      // Between two questions a short task can come and go.
      for (const task of history.items) if (isSettled(task) && !tasks.has(task.task_id)) addRecent(task);
      isLoaded.value = true;
      if (pollTimer !== undefined) connection.value = 'polling';
    } catch {
      if (asked === session && connection.value !== 'live') connection.value = 'offline';
    }
  }

  function startPolling(): void {
    if (pollTimer !== undefined) return;
    connection.value = 'polling';
    const next = () => {
      pollTimer = setTimeout(() => {
        void poll().then(() => {
          if (pollTimer !== undefined) next();
        });
      }, pollIntervalMs);
    };
    next();
  }

  function stopPolling(): void {
    clearTimeout(pollTimer);
    pollTimer = undefined;
  }

  function reconnectNow(): void {
    stream.reconnectNow();
  }

  function note(seen: Resources, timestamp: string): void {
    resources.value = seen;
    const atMs = Date.parse(timestamp);
    const last = usageHistory.value.at(-1);
    if (last && atMs - last.atMs < historySpacingMs) return;
    const sample = { atMs, cpu: seen.cpu.usage_percent, ram: seen.ram.usage_percent };
    usageHistory.value = [...lately(usageHistory.value, atMs), sample];
    keepHistory(usageHistory.value);
  }

  return {
    tasks,
    runningTasks,
    queuedTasks,
    completedTasks,
    cpuUsagePercent,
    ramUsagePercent,
    availableCpuCores,
    availableRamGB,
    isAdmin,
    isMonitoring,
    resources,
    usageHistory,
    connection,
    isLoaded,
    lastEnded,
    startMonitoring,
    stopMonitoring,
    addTask,
    updateTask,
    removeTask,
    clearCompletedTasks,
    removeOldTasks,
    isQueuePaused,
    $reset,
  };
});

export function isSettled({ status }: Pick<Task, 'status'>): boolean {
  return status !== 'queued' && status !== 'running';
}

function first<Item>(items: ReadonlySet<Item>): Item | undefined {
  return items.values().next().value;
}

function by<Item>(key: (item: Item) => string): (a: Item, b: Item) => number {
  return (a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0);
}

function complete(task: NewTask): TrackedTask {
  const created_at = task.created_at ?? task.queued_at ?? new Date().toISOString();
  return {
    subject: '',
    priority: 0,
    user_id: '',
    description: '',
    progress: null,
    estimated_cpu_cores: 0,
    estimated_ram_gb: 0,
    queue_position: null,
    wait_reason: null,
    wait_kind: null,
    estimated_start_at: null,
    queued_at: created_at,
    started_at: null,
    completed_at: null,
    attempt: 1,
    max_attempts: 1,
    node_id: null,
    run_after: null,
    error: null,
    cpu_seconds: null,
    peak_ram_gb: null,
    can_cancel: !isSettled(task),
    can_retry: false,
    result_url: null,
    log_url: `/api/tasks/${task.task_id}/log`,
    ...task,
    created_at,
  };
}
