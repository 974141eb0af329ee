// The product itself, all modules and guards, on an empty embedded database. Events enter where the queue puts them.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { obey } from './measured-server.mjs';
import { isAdminConnection, streamsPerUser, taskOf, userIdOf } from './population.mjs';

const [dist, connectionCount] = process.argv.slice(2);
const connections = Number(connectionCount);
const load = (file) => import(pathToFileURL(resolve(dist, 'src', file)).href);

await import('reflect-metadata');
const { NestFactory } = await import('@nestjs/core');
const { AppModule } = await load('app.module.js');
const { setUp } = await load('app.setup.js');
const { readConfig } = await load('config/config.js');
const { AccessTokens } = await load('auth/access-tokens.js');
const { Database } = await load('database/database.js');
const { BoundedExpressAdapter } = await load('http/bounded-adapter.js');
const { TaskEvents } = await load('queue/domain/task-events.js');
const schema = await load('database/schema.js');

const dataDir = mkdtempSync(join(tmpdir(), 'headroom-bench-'));
process.once('exit', () => rmSync(dataDir, { recursive: true, force: true }));
const config = readConfig({
  HEADROOM_DATA_DIR: dataDir,
  ADMIN_PASSWORD: 'only-for-this-bench',
  HEADROOM_REQUESTS_PER_ADDRESS: '0',
});
const app = await NestFactory.create(AppModule.with(config, []), new BoundedExpressAdapter(), {
  bodyParser: false,
  logger: ['error'],
});
setUp(app, config);
await app.listen(0, '127.0.0.1');

const { queries } = app.get(Database);
const users = Array.from({ length: Math.ceil(connections / streamsPerUser) }, (_, n) => ({
  userId: userIdOf(n),
  username: `user-${n}`,
  passwordHash: '',
  role: isAdminConnection(n * streamsPerUser, connections) ? 'admin' : 'user',
}));
const expiresAt = new Date(Date.now() + 3_600_000);
const logins = users.map(({ userId }) => ({ loginId: userId, userId, tokenHash: '', expiresAt }));
await queries.insert(schema.users).values(users);
await queries.insert(schema.logins).values(logins);
const accessTokens = app.get(AccessTokens, { strict: false });
const taskEvents = app.get(TaskEvents);
let sequence = 0;

obey({
  url: `http://127.0.0.1:${app.getHttpServer().address().port}/api/system/task-events`,
  tokens: logins.map((login) => accessTokens.issue(login).token),
  publish(number, owner) {
    const userId = userIdOf(owner);
    sequence += 1;
    taskEvents.publish({
      type: 'task_running',
      sequence,
      at: new Date(),
      userId,
      data: taskOf(number, userId),
    });
  },
  close: () => app.close(),
});
