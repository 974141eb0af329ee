import { randomBytes } from 'node:crypto';
import { answered, ApiError, Session, type Api, type Schemas, type TaskEvent } from '@app/client';

type Task = Schemas['Task'];

/** Makes a user with a new random password, or gives a new one to the user of an earlier demo, and signs in. */
export async function signInDemoUser(url: string, admin: Session, username: string): Promise<DemoUser> {
  const password = randomBytes(18).toString('base64url');
  const userId = await makeUser(admin, username, password);
  return new DemoUser(username, userId, await Session.signIn(url, { username, password }));
}

async function makeUser({ api }: Session, username: string, password: string): Promise<string> {
  try {
    return (await answered(api.POST('/api/users', { body: { username, password } }))).user_id;
  } catch (error) {
    if (!(error instanceof ApiError) || error.problem?.code !== 'USERNAME_TAKEN') throw error;
  }
  const { user_id } = await findUser(api, username);
  const body = { password, role: 'user' as const, disabled: false };
  await answered(api.PATCH('/api/users/{user_id}', { params: { path: { user_id } }, body }));
  return user_id;
}

async function findUser(api: Api, username: string): Promise<Schemas['User']> {
  for (let cursor: string | null | undefined; cursor !== null;) {
    const query = { limit: 200, ...(cursor !== undefined && { cursor }) };
    const page: Schemas['UserPage'] = await answered(api.GET('/api/users', { params: { query } }));
    const found = page.items.find((user) => user.username === username);
    if (found) return found;
    cursor = page.next_cursor;
  }
  throw new Error(`The server says that there is a user ${username}, and does not list it.`);
}

/** One of the two users, and all that the server has ever told this user on the event stream. */
export class DemoUser {
  /** The tasks as the stream last described them. */
  readonly tasks = new Map<string, Task>();
  /** Ids of every task that the stream has mentioned. */
  readonly mentioned = new Set<string>();
  /** User ids that owned a task which the stream has shown. */
  readonly owners = new Set<string>();
  /** Ids of tasks that have waited. */
  readonly waited = new Set<string>();
  sawResources = false;
  events = 0;
  reconnects = 0;

  constructor(
    readonly name: string,
    readonly userId: string,
    readonly session: Session,
  ) {}

  /** Takes in one message; `lostTouch` when the server could not replay what was missed. */
  receive(message: TaskEvent): { lostTouch: boolean } {
    this.events += 1;
    if (message.resources !== undefined) this.sawResources = true;
    switch (message.type) {
      case 'initial_state': {
        const { recent_tasks, running_tasks, queued_tasks } = message.data;
        for (const task of [...recent_tasks, ...running_tasks, ...queued_tasks]) this.put(task);
        return { lostTouch: true };
      }
      case 'task_queued':
      case 'task_running':
      case 'task_completed':
        this.put(message.data);
        break;
      case 'task_description_update':
        this.#change(message.data.task_id, message.data);
        break;
      case 'queue_positions':
        for (const place of message.data.positions) this.#change(place.task_id, place);
        break;
      case 'queue_state':
      case 'heartbeat':
        break;
    }
    return { lostTouch: false };
  }

  put(task: Task): void {
    this.tasks.set(task.task_id, task);
    this.mentioned.add(task.task_id);
    this.owners.add(task.user_id);
    if (task.status === 'queued') this.waited.add(task.task_id);
  }

  #change(taskId: string, change: Partial<Task>): void {
    this.mentioned.add(taskId);
    const task = this.tasks.get(taskId);
    if (task) this.tasks.set(taskId, { ...task, ...change });
  }
}

export function isFinished(task: Task): boolean {
  return task.status !== 'queued' && task.status !== 'running';
}
