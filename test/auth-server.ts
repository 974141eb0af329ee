import { Controller, Get, Global, Module } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setUp } from '../src/app.setup.js';
import { AuthModule } from '../src/auth/auth.module.js';
import { CONSOLE_LINE } from '../src/auth/bootstrap-admin.js';
import { ClockModule } from '../src/clock/clock.module.js';
import { Clock } from '../src/clock/clock.js';
import { OffsetClock } from '../src/clock/offset-clock.fixture.js';
import { CurrentUser } from '../src/http/current-user.decorator.js';
import { AcceptsStreamCredentials } from '../src/auth/stream-credentials.decorator.js';
import { readConfig } from '../src/config/config.js';
import { ConfigModule } from '../src/config/config.module.js';
import { BoundedExpressAdapter } from '../src/http/bounded-adapter.js';
import { Database } from '../src/database/database.js';
import { openPgliteEngine } from '../src/database/pglite-engine.js';
import { createDatabase } from '../tools/test-kit/index.js';

export const jwtSecret = 'the-signing-secret-of-these-tests-only';
export const adminPassword = 'first admin password';

@Controller('probe')
class ProbeController {
  @Get('closed')
  closed(@CurrentUser() user: CurrentUser): CurrentUser {
    return user;
  }

  @AcceptsStreamCredentials()
  @Get('stream')
  stream(@CurrentUser() user: CurrentUser): CurrentUser {
    return user;
  }
}

export interface Answer {
  status: number;
  headers: Headers;
  /** Parsed JSON, or null where there is no body. */
  body: ReturnType<typeof JSON.parse>;
}

export interface Session {
  access_token: string;
  refresh_token: string;
}

/** An embedded database in memory, or a fresh one on the PostgreSQL of `TEST_DATABASE_URL`, dropped at the end. */
async function freshDatabase(): Promise<{ database: Database; drop: () => Promise<void> }> {
  const url = process.env.TEST_DATABASE_URL;
  if (url === undefined) {
    const database = await Database.embedded(await openPgliteEngine('memory://'));
    return { database, drop: () => database.close() };
  }
  const empty = await createDatabase(url);
  const database = await Database.postgres(empty.url);
  return {
    database,
    drop: async () => {
      await database.close();
      await empty.drop();
    },
  };
}

/** The auth module behind real HTTP, on a database of its own and a clock that the test moves. */
export class AuthServer {
  readonly printed: string[] = [];
  /** Stands still once it is held, so that no answer depends on how fast this machine is. */
  readonly clock = new OffsetClock();
  app!: NestExpressApplication;
  database!: Database;
  #url = '';
  #dropDatabase = () => Promise.resolve();
  readonly #dataDir = mkdtempSync(join(tmpdir(), 'headroom-auth-'));

  static async start(environment: Record<string, string> = {}): Promise<AuthServer> {
    const server = new AuthServer();
    const { database, drop } = await freshDatabase();
    server.database = database;
    server.#dropDatabase = drop;
    server.app = await server.application({
      ADMIN_PASSWORD: adminPassword,
      JWT_SECRET: jwtSecret,
      ...environment,
    });
    await server.app.listen(0, '127.0.0.1');
    const { port } = server.app.getHttpServer().address() as AddressInfo;
    server.#url = `http://127.0.0.1:${port}/api`;
    return server;
  }

  /** Sends bytes as they are and answers whatever comes back until the server hangs up. */
  async raw(...chunks: (string | Promise<string>)[]): Promise<string> {
    const { hostname, port } = new URL(this.#url);
    const socket = connect(Number(port), hostname);
    let answer = '';
    socket.on('data', (data) => (answer += data.toString('latin1')));
    const closed = once(socket, 'close');
    socket.on('error', () => undefined);
    for (const chunk of chunks) socket.write(await chunk, 'latin1');
    await closed;
    return answer;
  }

  /** Another application on the same database, initialised nowhere yet. */
  async application(environment: Record<string, string>): Promise<NestExpressApplication> {
    @Global()
    @Module({ providers: [{ provide: Database, useValue: this.database }], exports: [Database] })
    class OpenDatabaseModule {}

    const config = readConfig({ HEADROOM_DATA_DIR: this.#dataDir, ...environment });
    const builder = Test.createTestingModule({
      imports: [ConfigModule.with(config), ClockModule, OpenDatabaseModule, AuthModule],
      controllers: [ProbeController],
    });
    builder.overrideProvider(Clock).useValue(this.clock);
    builder.overrideProvider(CONSOLE_LINE).useValue((line: string) => this.printed.push(line));
    const module = await builder.compile();
    const app = module.createNestApplication<NestExpressApplication>(
      new BoundedExpressAdapter({ headersTimeoutMs: 1_000, requestTimeoutMs: 2_000, checkIntervalMs: 100 }),
      { logger: false, bodyParser: false },
    );
    setUp(app, config);
    return app;
  }

  call(
    route: string,
    { token, body, headers = {} }: { token?: string; body?: unknown; headers?: Record<string, string> } = {},
  ): Promise<Answer> {
    return this.send(route, body === undefined ? null : JSON.stringify(body), {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    });
  }

  /** Sends a body as it is. */
  async send(route: string, body: string | Buffer | null, headers: Record<string, string>): Promise<Answer> {
    const [method = 'GET', path = ''] = route.split(' ');
    const response = await fetch(this.#url + path, { method, headers, body });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: text === '' ? null : JSON.parse(text),
    };
  }

  /** Logs in and answers the tokens. @throws Error where that is refused */
  async login(username = 'admin', password = adminPassword): Promise<Session> {
    const { status, body } = await this.call('POST /auth/login', { body: { username, password } });
    if (status !== 200) throw new Error(`login of ${username}: ${status} ${JSON.stringify(body)}`);
    return body as Session;
  }

  /** Makes a user whose password is `<username> password`, and logs them in. */
  async newUser(username: string, role: 'admin' | 'user' = 'user'): Promise<Session & { userId: string }> {
    const { access_token: token } = await this.login();
    const password = `${username} password`;
    const { status, body } = await this.call('POST /users', { token, body: { username, password, role } });
    if (status !== 201) throw new Error(`creating ${username}: ${status} ${JSON.stringify(body)}`);
    return { ...(await this.login(username, password)), userId: body.user_id };
  }

  async stop(): Promise<void> {
    await this.app.close();
    await this.#dropDatabase();
    rmSync(this.#dataDir, { recursive: true });
  }
}
