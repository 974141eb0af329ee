import type { Resources, Task } from '@app/contracts';
import { vi } from 'vitest';

const encoder = new TextEncoder();

/** The part of the server that the task store talks to, held in memory and driven by a test. */
export class FakeServer {
  readonly requests: { path: string; method: string; headers: Headers; body: unknown }[] = [];
  running: Task[] = [];
  queued: Task[] = [];
  /** What the history begins with. */
  recent: Task[] = [];
  /** What `/api/tasks/<key>` answers, whatever the method. */
  readonly tasks = new Map<string, Task>();
  /** What `METHOD path` answers for everything else; null is a 204. */
  readonly answers = new Map<string, object | null>();
  resources: Resources | undefined;
  /** Whether a new event stream is accepted. */
  streams: 'open' | 'refused' = 'open';
  isReachable = true;
  isPaused = false;
  /** Not null: more tasks wait or run than are listed. */
  nextCursor: string | null = null;
  #stream: ReadableStreamDefaultController<Uint8Array> | null = null;

  constructor() {
    vi.stubGlobal('fetch', (path: string, init: RequestInit = {}) => this.#answer(path, init));
  }

  countOf(path: string): number {
    return this.requests.filter((request) => request.path === path).length;
  }

  get streamRequests(): { headers: Headers }[] {
    return this.requests.filter(({ path }) => path === '/api/system/task-events');
  }

  /** Sends one event to the open stream. */
  send(message: object, id = 'epoch-1'): void {
    this.#stream?.enqueue(
      encoder.encode(
        `id: ${id}\ndata: ${JSON.stringify({ timestamp: '2026-01-01T00:00:00.000Z', ...message })}\n\n`,
      ),
    );
  }

  sendInitialState(recent: Task[] = []): void {
    this.send({
      type: 'initial_state',
      data: { ...this.#queue(), recent_tasks: recent, resumed: false, truncated: this.nextCursor !== null },
      ...(this.resources && { resources: this.resources }),
    });
  }

  cutStream(): void {
    this.#stream?.close();
    this.#stream = null;
  }

  #queue() {
    return {
      paused: this.isPaused,
      queued_count: this.queued.length,
      running_count: this.running.length,
      queued_tasks: this.queued,
      running_tasks: this.running,
      next_cursor: this.nextCursor,
    };
  }

  #answer(path: string, init: RequestInit): Promise<Response> {
    this.requests.push({
      path,
      method: init.method ?? 'GET',
      headers: new Headers(init.headers),
      body: init.body === undefined ? undefined : JSON.parse(init.body as string),
    });
    if (!this.isReachable) return Promise.reject(new TypeError('fetch failed'));
    if (path === '/api/system/resources') {
      return json({
        resources: this.resources,
        queue: this.#queue(),
        is_admin: this.resources !== undefined,
      });
    }
    if (path === '/api/system/task-events') {
      if (this.streams === 'refused') return json({ code: 'SERVICE_UNAVAILABLE', detail: 'no' }, 503);
      return Promise.resolve(this.#openStream(init.signal ?? null));
    }
    if (path.startsWith('/api/tasks?')) return json({ items: this.recent, next_cursor: null });
    const answer = this.answers.get(`${init.method ?? 'GET'} ${path}`);
    if (answer === null) return Promise.resolve(new Response(null, { status: 204 }));
    if (answer !== undefined) return json(answer);
    const task = this.tasks.get(path.replace('/api/tasks/', ''));
    if (task) return json(task);
    return json({ code: 'NOT_FOUND', detail: 'There is no such resource.' }, 404);
  }

  #openStream(signal: AbortSignal | null): Response {
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#stream = controller;
        signal?.addEventListener('abort', () => {
          if (this.#stream === controller) this.#stream = null;
          controller.error(new DOMException('aborted', 'AbortError'));
        });
      },
    });
    return new Response(body, { headers: { 'Content-Type': 'text/event-stream' } });
  }
}

function json(value: unknown, status = 200): Promise<Response> {
  return Promise.resolve(new Response(JSON.stringify(value), { status }));
}

export function aTask(changes: Partial<Task> = {}): Task {
  return {
    task_id: 'abc-123',
    task_type: 'backtest',
    status: 'running',
    priority: 0,
    user_id: 'user-1',
    description: '',
    subject: '',
    progress: null,
    estimated_cpu_cores: 1,
    estimated_ram_gb: 0.5,
    queue_position: null,
    wait_reason: null,
    wait_kind: null,
    estimated_start_at: null,
    queued_at: '2026-01-01T00:00:00.000Z',
    started_at: '2026-01-01T00:00:01.000Z',
    completed_at: null,
    attempt: 1,
    max_attempts: 3,
    node_id: 'node-1',
    run_after: null,
    error: null,
    cpu_seconds: null,
    peak_ram_gb: null,
    can_cancel: true,
    can_retry: false,
    result_url: null,
    log_url: '/api/tasks/abc-123/log',
    ...changes,
  };
}

export const someResources: Resources = {
  cpu: { total_cores: 8, available_cores: 6.4, usage_percent: 20, min_threshold_cores: 1.6 },
  ram: { total_gb: 16, available_gb: 12.5, usage_percent: 21.9, min_threshold_gb: 3.2 },
  buffer_percent: 20,
  pressure: { cpu: null, memory: null, io: null },
  limits: { cpu_source: 'host', ram_source: 'host' },
  reserved: { cpu_cores: 0, ram_gb: 0 },
  mode: 'production',
  consumption_factor: 0.8,
};
