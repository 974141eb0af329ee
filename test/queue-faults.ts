import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Server, type Answer, type Client } from './harness/server.js';
import { waitFor } from '../tools/test-kit/index.js';

const plugin = join(import.meta.dirname, 'plugins', 'broken-tasks.mjs');
/** As the harness gives it to the user. */
const password = 'ana-has-a-long-password';
const ends = ['completed', 'failed', 'cancelled'];

/** Within this time a broken task has ended, also on a busy machine, which starts processes slowly. */
export const endMs = 60_000;

type Task = Answer['body'];

/** A server with the broken task types, a user who submits them and an admin. */
export class BrokenTasks {
  private constructor(
    readonly server: Server,
    public admin: Client,
    public user: Client,
  ) {}

  static async open(environment: Record<string, string> = {}): Promise<BrokenTasks> {
    const server = await Server.start({ HEADROOM_PLUGINS: plugin, ...environment });
    return new BrokenTasks(server, await server.admin(), await server.user('ana'));
  }

  /** Another server on the data folder of these tasks, without their types. */
  async withoutTypes(): Promise<BrokenTasks> {
    const server = await Server.start({}, this.server.dataDir);
    return new BrokenTasks(server, await server.admin(), await server.signIn('ana', password));
  }

  /** Starts the server again after it has ended, and signs in again. */
  async restart(): Promise<void> {
    await this.server.start();
    this.admin = await this.server.admin();
    this.user = await this.server.signIn('ana', password);
  }

  /** Whether the server answers. */
  async isUp(): Promise<boolean> {
    const answer = await this.server
      .anonymous()
      .get('/api/health/live')
      .catch(() => null);
    return answer?.status === 200;
  }

  async submit(order: object): Promise<string> {
    const answer = await this.user.post('/api/broken-tasks', order);
    if (answer.status !== 202) throw new Error(`Not accepted: ${answer.text}`);
    return answer.body.task_id as string;
  }

  async task(taskId: string): Promise<Task> {
    return (await this.user.get(`/api/tasks/${taskId}`)).body;
  }

  /** A task when it has ended, or as it is after the time. */
  async endOrLast(taskId: string, withinMs = endMs): Promise<Task> {
    return this.#when(taskId, (task) => ends.includes(task.status as string), withinMs);
  }

  /** A task once its description matches; it may have ended by then. */
  async described(taskId: string, pattern: RegExp): Promise<Task> {
    return this.#when(taskId, (task) => pattern.test(task.description as string), endMs);
  }

  /** CPU cores that are reserved for tasks, once they are as many as wanted, or as they are after the time. */
  async reservedCores(wanted: number, withinMs = 15_000): Promise<number> {
    let cores = NaN;
    await waitFor(async () => {
      cores = (await this.admin.get('/api/system/resources')).body.resources.reserved.cpu_cores as number;
      return cores === wanted ? true : null;
    }, withinMs).catch(() => undefined);
    return cores;
  }

  /** Names of a task's results: neither drafts nor folders of shards. */
  resultsOf(taskId: string): string[] {
    return readdirSync(join(this.server.dataDir, 'results')).filter(
      (name) => name.startsWith(`${taskId}.`) && /\.\d+\.json\.gz$/.test(name),
    );
  }

  close(): Promise<void> {
    return this.server.remove();
  }

  async #when(taskId: string, condition: (task: Task) => boolean, withinMs: number): Promise<Task> {
    let task: Task = null;
    await waitFor(async () => {
      task = await this.task(taskId);
      return condition(task) ? true : null;
    }, withinMs).catch((error: unknown) => {
      if (task === null) throw error;
    });
    return task;
  }
}

/** Whether a process exists and is not only waiting to be collected by its parent. */
export function isAlive(pid: number): boolean {
  if (!existsSync(`/proc/${pid}/stat`)) return false;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3) !== 'Z';
  } catch {
    return false;
  }
}

/** Length as people count it: in code points. */
export function codePoints(text: string): number {
  return Array.from(text).length;
}

/** Whether PostgreSQL can hold a text: no NUL and no half of a surrogate pair. */
export function isStorable(text: string): boolean {
  return !/[\0\p{Surrogate}]/u.test(text);
}
