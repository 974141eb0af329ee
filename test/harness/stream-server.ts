import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Global, Module } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { AppModule } from '../../src/app.module.js';
import { setUp } from '../../src/app.setup.js';
import { Clock } from '../../src/clock/clock.js';
import { OffsetClock } from '../../src/clock/offset-clock.fixture.js';
import { Config, readConfig } from '../../src/config/config.js';
import { DatabaseModule } from '../../src/database/database.module.js';
import { Database } from '../../src/database/database.js';
import { BoundedExpressAdapter } from '../../src/http/bounded-adapter.js';
import { newTask } from '../../src/queue/storage/new-task.fixture.js';
import { TaskEvents } from '../../src/queue/domain/task-events.js';
import { TaskStore } from '../../src/queue/storage/task-store.js';
import { type Task, unmeasured } from '../../src/queue/domain/task.js';
import { EventBroadcaster } from '../../src/system/event-broadcaster.js';
import { EventStreams } from '../../src/system/event-streams.js';
import { HostTree } from '../../tools/test-kit/index.js';
import type { TestDatabase } from './databases.js';
import { type SocketOptions, StreamSocket } from './stream-socket.js';

export const adminPassword = 'first admin password';

/** Somebody who is signed in. */
export interface Session {
  readonly userId: string;
  readonly token: string;
}

/** For streams that come from and go to the server on their own time, on however busy a machine. */
export const patienceMs = 120_000;

const noHook = () => Promise.resolve();

/**
 * The whole application in this process, on a database and a clock of the test's own. The queue is paused: the
 * test itself writes the lives of tasks into the store, and their events come out at the streams.
 */
export class StreamServer {
  readonly clock = new OffsetClock();
  #app!: NestExpressApplication;
  #admin!: Session;
  readonly #dataDir = mkdtempSync(join(tmpdir(), 'headroom-streams-'));
  readonly #host = new HostTree();

  private constructor(private readonly database: TestDatabase) {}

  static async start(open: () => Promise<TestDatabase>): Promise<StreamServer> {
    const server = new StreamServer(await open());
    const config = readConfig({
      HEADROOM_DATA_DIR: server.#dataDir,
      HEADROOM_HOST_ROOT: server.#host.root,
      ADMIN_PASSWORD: adminPassword,
      HEADROOM_REQUESTS_PER_ADDRESS: '0',
      HEADROOM_REQUESTS_PER_USER: '0',
      ...(server.database.url !== null && { DATABASE_URL: server.database.url }),
    });
    @Global()
    @Module({ providers: [{ provide: Database, useValue: server.database.database }], exports: [Database] })
    class OpenDatabaseModule {}

    const module = await Test.createTestingModule({ imports: [AppModule.with(config, [])] })
      .overrideModule(DatabaseModule)
      .useModule(OpenDatabaseModule)
      .overrideProvider(Clock)
      .useValue(server.clock)
      .compile();
    server.#app = module.createNestApplication<NestExpressApplication>(new BoundedExpressAdapter(), {
      logger: false,
      bodyParser: false,
    });
    setUp(server.#app, config);
    await server.#app.listen(0, '127.0.0.1');
    server.#admin = await server.signIn();
    await server.call('POST', '/system/queue/pause', server.admin.token);
    return server;
  }

  get admin(): Session {
    return this.#admin;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#app.getHttpServer().address() as AddressInfo).port}`;
  }

  get events(): TaskEvents {
    return this.#app.get(TaskEvents);
  }

  get store(): TaskStore {
    return this.#app.get(TaskStore);
  }

  get streams(): EventStreams {
    return this.#app.get(EventStreams);
  }

  /** Connections that the HTTP server holds, whatever they are for; those of `call()` end with its answer. */
  connections(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#app.getHttpServer().getConnections((error: Error | null, count: number) => {
        if (error) reject(error);
        else resolve(count);
      });
    });
  }

  /** A heartbeat now; the server's own come every 5 s. */
  beat(): void {
    this.#app.get(EventBroadcaster).heartbeat();
  }

  /**
   * Has the embedded store answer nobody until the returned function is called. Whoever asks meanwhile waits,
   * `waiting` says how many; and they are answered in the order in which they asked.
   */
  holdStore(): Promise<() => void> {
    return new Promise((isHeld) => {
      void this.database.database.queries.transaction(() => new Promise<void>(isHeld));
    });
  }

  get waiting(): number {
    return this.database.database.sessions().waiting;
  }

  async call(method: string, path: string, token: string | null, body?: object): Promise<Response> {
    const asked = request(`${this.url}/api${path}`, {
      method,
      agent: false,
      headers: {
        ...(token !== null && { Authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
      },
    });
    asked.end(body && JSON.stringify(body));
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    const said = await text(answer);
    return new Response(said === '' ? null : said, {
      status: answer.statusCode!,
      headers: answer.headers as Record<string, string>,
    });
  }

  async signIn(username = 'admin', password = adminPassword): Promise<Session> {
    const login = await this.call('POST', '/auth/login', null, { username, password });
    if (login.status !== 200) throw new Error(`${username} was not let in: ${await login.text()}`);
    const { access_token: token } = (await login.json()) as { access_token: string };
    const me = (await (await this.call('GET', '/auth/me', token)).json()) as { user_id: string };
    return { token, userId: me.user_id };
  }

  async user(username: string, role: 'admin' | 'user' = 'user'): Promise<Session> {
    const password = `${username} has a password`;
    const made = await this.call('POST', '/users', this.admin.token, { username, password, role });
    if (made.status !== 201) throw new Error(`no user ${username}: ${await made.text()}`);
    return this.signIn(username, password);
  }

  stream(options: SocketOptions): StreamSocket {
    return StreamSocket.reading(this.url, options);
  }

  /** A stream that has its first message. */
  open(options: SocketOptions): Promise<StreamSocket> {
    return this.stream(options).begun();
  }

  /** A new task of a user, waiting. */
  queued(userId: string, description = ''): Promise<Task> {
    const position = {
      position: 1,
      kind: 'behind' as const,
      reason: 'Behind others',
      userReason: 'Behind others',
      estimatedStartAtMs: null,
    };
    return this.store.insert(newTask({ taskId: randomUUID(), userId, description }), position, noHook);
  }

  async started(task: Task): Promise<Task> {
    const { nodeId } = this.#app.get(Config);
    return (await this.store.apply(task, task.claim(nodeId)))!;
  }

  async completed(task: Task): Promise<Task> {
    return (await this.store.apply(task, task.complete(unmeasured)))!;
  }

  async says(task: Task, ...descriptions: string[]): Promise<void> {
    const { attempt } = task.row;
    await this.store.describe(
      descriptions.map((description, n) => ({
        taskId: task.id,
        attempt,
        description,
        progress: n / descriptions.length,
      })),
    );
  }

  async stop(): Promise<void> {
    await this.#app.close();
    await this.database.drop();
    this.#host.remove();
    rmSync(this.#dataDir, { recursive: true, force: true });
  }
}
