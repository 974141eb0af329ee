import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { problem } from '@app/contracts';
import { isOtherMedia } from '../src/openapi/operation.js';
import { operations } from '../src/openapi/operations.js';
import { adminPassword, type Answer, Client, Server, smallBacktest } from './harness/server.js';

const actors = ['anonymous', 'stranger', 'owner', 'admin'] as const;
type Actor = (typeof actors)[number];

/** What belongs to the owner; one set for the owner to use up, one for the admin. */
interface Things {
  readonly backtest: string;
  readonly model: string;
  readonly prediction: string;
  /** Symbol and timeframe of imported candles. */
  readonly dataset: string;
  readonly import: string;
  readonly schedule: string;
  /** A user nobody needs, for the admin's routes. */
  readonly user: string;
}

interface Row {
  /** Status for each actor, in the order above. */
  readonly statuses: readonly [number, number, number, number];
  /** The path's id, when it names a thing: a stranger's answer is compared with that to an id of nobody. */
  readonly id?: keyof Things;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  readonly query?: (things: Things) => string;
  /** The body, when it depends on who asks. */
  readonly bodyOf?: (actor: Actor) => Promise<unknown>;
  /** Asks with a login of its own, because the call ends it. */
  readonly ownLogin?: boolean;
}

const forAll = [200, 200, 200, 200] as const;
const forUsers = [401, 200, 200, 200] as const;
const forAdmins = [401, 403, 403, 200] as const;
const forOwner = [401, 404, 200, 200] as const;
/** Candles and schedules are each user's own, an admin's too. */
const forOwnerAlone = [401, 404, 200, 404] as const;
const accepted = [401, 202, 202, 202] as const;
/** The thing is theirs, and its state forbids what they ask. */
const conflict = [401, 404, 409, 409] as const;

const days = Array.from({ length: 30 }, (_, i) => new Date(Date.UTC(2024, 0, 1 + i)).toISOString());
const csv = ['time,open,high,low,close,volume', ...days.map((day) => `${day},10,12,9,11,100`)].join('\n');
const asCsv = { 'Content-Type': 'text/csv' };
const schedule = { exchange: 'kraken', timeframe: '1d', every_minutes: 10_000 };

let server: Server;
let clients: Record<Actor, Client>;
let things: Record<'owner' | 'admin', Things>;
const passwords: Record<Actor, readonly [string, string]> = {
  anonymous: ['owner', 'owner-has-a-long-password'],
  stranger: ['stranger', 'stranger-has-a-long-password'],
  owner: ['owner', 'owner-has-a-long-password'],
  admin: ['admin', adminPassword],
};
const credentialsOf = (actor: Actor) => {
  const [username, password] = passwords[actor];
  return { username, password };
};
const loginOf = async (actor: Actor) =>
  (await server.anonymous().post('/api/auth/login', credentialsOf(actor))).body;

const training = {
  symbol: 'ETH_USDT',
  timeframe: '1d',
  start_date: '2022-01-01',
  end_date: '2025-01-01',
  model: 'logistic',
  horizon: 5,
};

const table: Readonly<Record<string, Row>> = {
  'POST /api/auth/login': { statuses: forAll, bodyOf: (actor) => Promise.resolve(credentialsOf(actor)) },
  'POST /api/auth/refresh': {
    statuses: forAll,
    bodyOf: async (actor) => ({ refresh_token: (await loginOf(actor)).refresh_token }),
  },
  'POST /api/auth/logout': { statuses: [401, 204, 204, 204], ownLogin: true },
  'GET /api/auth/me': { statuses: forUsers },
  'POST /api/auth/password': {
    statuses: [401, 204, 204, 204],
    bodyOf: (actor) =>
      Promise.resolve({ current_password: passwords[actor][1], new_password: passwords[actor][1] }),
  },
  'POST /api/auth/stream-ticket': { statuses: [401, 201, 201, 201] },
  'GET /api/users': { statuses: forAdmins },
  'POST /api/users': {
    statuses: [401, 403, 403, 201],
    body: { username: 'newcomer', password: 'twelve chars!' },
  },
  'GET /api/users/:user_id': { statuses: forAdmins, id: 'user' },
  'PATCH /api/users/:user_id': { statuses: forAdmins, id: 'user', body: { disabled: true } },
  'DELETE /api/users/:user_id': { statuses: [401, 403, 403, 204], id: 'user' },
  'GET /api/audit': { statuses: forAdmins },
  'GET /api/tasks': { statuses: forUsers },
  'GET /api/tasks/:task_id': { statuses: forOwner, id: 'backtest' },
  'GET /api/tasks/:task_id/log': { statuses: forOwner, id: 'backtest' },
  // A backtest has its result elsewhere.
  'GET /api/tasks/:task_id/result': { statuses: [401, 404, 404, 404], id: 'backtest' },
  'POST /api/tasks': { statuses: [401, 422, 422, 422], body: { task_type: 'backtest', payload: {} } },
  'POST /api/tasks/cancel': { statuses: accepted, body: { task_ids: ['of-no-task'] } },
  'POST /api/tasks/retry': { statuses: accepted, body: { task_ids: ['of-no-task'] } },
  'POST /api/tasks/:task_id/end': { statuses: [401, 403, 403, 409], id: 'backtest' },
  'POST /api/tasks/:task_id/cancel': { statuses: conflict, id: 'backtest' },
  'POST /api/tasks/:task_id/retry': { statuses: conflict, id: 'backtest' },
  'PATCH /api/tasks/:task_id': { statuses: conflict, id: 'backtest', body: { priority: -1 } },
  'GET /api/system/resources': { statuses: forUsers },
  'GET /api/system/queue': { statuses: forUsers },
  'GET /api/system/summary': { statuses: forUsers },
  'GET /api/system/nodes': { statuses: forAdmins },
  'GET /api/system/task-events': { statuses: forUsers },
  'POST /api/system/queue/pause': { statuses: forAdmins },
  'POST /api/system/queue/resume': { statuses: forAdmins },
  'GET /api/health/live': { statuses: forAll },
  'GET /api/health/ready': { statuses: forAll },
  'GET /metrics': { statuses: forAdmins },
  'GET /api/openapi.json': { statuses: forAll },
  'POST /api/backtests/run': { statuses: accepted, body: smallBacktest },
  'POST /api/backtests/optimize': {
    statuses: accepted,
    body: { ...smallBacktest, space: { fast_period: [5, 10] } },
  },
  'GET /api/backtests': { statuses: forUsers },
  'GET /api/backtests/strategies': { statuses: forUsers },
  'GET /api/backtests/compare': {
    statuses: forOwner,
    query: ({ backtest }) => `?ids=${backtest},${backtest}`,
  },
  'GET /api/backtests/:id': { statuses: forOwner, id: 'backtest' },
  'GET /api/backtests/:id/trades.csv': { statuses: forOwner, id: 'backtest' },
  'PATCH /api/backtests/:id': { statuses: forOwner, id: 'backtest', body: { title: 'walked' } },
  'DELETE /api/backtests/:id': { statuses: [401, 404, 204, 204], id: 'backtest' },
  'POST /api/predictions/train': { statuses: accepted, body: training },
  'POST /api/predictions/run': {
    statuses: accepted,
    body: { symbol: 'ETH_USDT', timeframe: '1d', horizon: 5 },
  },
  'GET /api/predictions': { statuses: forUsers },
  'GET /api/predictions/models': { statuses: forUsers },
  'GET /api/predictions/models/:id': { statuses: forOwner, id: 'model' },
  'GET /api/predictions/:id': { statuses: forOwner, id: 'prediction' },
  // After every task that needs the model has ended: the walk waits for that.
  'DELETE /api/predictions/models/:id': { statuses: [401, 404, 204, 204], id: 'model' },
  'GET /api/market-data/symbols': { statuses: forUsers },
  'GET /api/market-data/datasets': { statuses: forUsers },
  'GET /api/market-data/datasets/:symbol/:timeframe/verify': { statuses: forOwnerAlone, id: 'dataset' },
  'GET /api/market-data/datasets/:symbol/:timeframe/export': { statuses: forOwnerAlone, id: 'dataset' },
  'DELETE /api/market-data/datasets/:symbol/:timeframe': { statuses: [401, 404, 204, 404], id: 'dataset' },
  'POST /api/market-data/import': {
    statuses: accepted,
    query: () => '?symbol=NEWC_USDT&timeframe=1d',
    body: csv,
    headers: asCsv,
  },
  'GET /api/market-data/imports/:import_id': { statuses: forOwner, id: 'import' },
  'GET /api/market-data/schedules': { statuses: forUsers },
  'POST /api/market-data/schedules': {
    statuses: [401, 201, 201, 201],
    body: { ...schedule, symbol: 'NEWS_USDT' },
  },
  'DELETE /api/market-data/schedules/:schedule_id': { statuses: [401, 404, 204, 404], id: 'schedule' },
  'GET /api/market-data/candles': { statuses: forUsers, query: () => '?symbol=BTC_USDT&limit=2' },
};

beforeAll(async () => {
  // Downloads of schedules find a closed door.
  server = await Server.start({ HEADROOM_EXCHANGE_URLS: 'kraken=http://127.0.0.1:9' });
  const [admin, owner, stranger] = await Promise.all([
    server.admin(),
    server.user('owner'),
    server.user('stranger'),
  ]);
  clients = { anonymous: server.anonymous(), stranger, owner, admin };
  things = { owner: await makeThings(owner, admin, 'one'), admin: await makeThings(owner, admin, 'two') };
});
afterAll(() => server.remove());

async function makeThings(owner: Client, admin: Client, name: string): Promise<Things> {
  const backtest = await owner.backtest({ title: name, initial_capital: 1000 + name.charCodeAt(0) });
  const model = (await owner.post('/api/predictions/train', training)).body.model_id as string;
  const trained = await owner.ended(model);
  expect(trained.status).toBe('completed');
  const order = { symbol: 'ETH_USDT', timeframe: '1d', model_id: model };
  const prediction = (await owner.post('/api/predictions/run', order)).body.prediction_id as string;
  for (const id of [backtest, prediction]) expect((await owner.ended(id)).status).toBe('completed');
  const password = 'nobody needs this one';
  const user = (await admin.post('/api/users', { username: `nobody-${name}`, password })).body
    .user_id as string;
  const symbol = `OWN${name.toUpperCase()}_USDT`;
  const upload = await owner.post(`/api/market-data/import?symbol=${symbol}&timeframe=1d`, csv, asCsv);
  const imported = upload.body.import_id as string;
  expect(await owner.ended(imported)).toMatchObject({ status: 'completed', error: null });
  const scheduled = await owner.post('/api/market-data/schedules', { ...schedule, symbol });
  return {
    ...{ backtest, model, prediction, user },
    ...{ dataset: `${symbol}/1d`, import: imported, schedule: scheduled.body.schedule_id as string },
  };
}

async function ask(route: string, row: Row, actor: Actor, id?: string): Promise<Answer> {
  const [method = 'GET', path = ''] = route.split(' ');
  const own = things[actor === 'admin' ? 'admin' : 'owner'];
  const thing = id ?? (row.id === undefined ? '' : own[row.id]);
  const body = row.bodyOf ? await row.bodyOf(actor) : row.body;
  const client =
    row.ownLogin && actor !== 'anonymous'
      ? new Client(server.url, (await loginOf(actor)).access_token as string)
      : clients[actor];
  const url = path.replace(/:symbol\/:timeframe|:\w+/, thing) + (row.query?.(own) ?? '');
  if (path.endsWith('/task-events')) return openStream(client, url);
  return client.call(method, url, body, row.headers);
}

/** The head of a stream; its body never ends. */
async function openStream(client: Client, url: string): Promise<Answer> {
  if (client.token === null) return client.get(url);
  const abort = new AbortController();
  const headers = { Authorization: `Bearer ${client.token}` };
  const { status, headers: answered } = await fetch(client.url + url, { headers, signal: abort.signal });
  abort.abort();
  return { status, headers: answered, text: '', body: null };
}

/** An answer without what is its own: the request's id and path, and the time. */
function withoutOccasion({ status, headers, text }: Answer) {
  const own = ['x-request-id', 'date'];
  return {
    status,
    headers: [...headers].filter(([name]) => !own.includes(name)),
    text: text.replace(/"(instance|request_id)":"[^"]*"/g, '"$1":""'),
  };
}

describe('every route of the OpenAPI document', () => {
  test('is in the table below, and nothing else is', async () => {
    const { paths } = (await server.anonymous().get('/api/openapi.json')).body as {
      paths: Record<string, Record<string, unknown>>;
    };
    const documented = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`),
    );
    expect(Object.keys(table).sort()).toEqual(documented.sort());
  });

  // Reading before writing before removing, so that each row meets what it expects.
  const order = ['GET', 'PATCH', 'POST', 'DELETE'];
  const rows = Object.entries(table).sort(
    ([a], [b]) => order.indexOf(a.split(' ')[0]!) - order.indexOf(b.split(' ')[0]!),
  );

  test.each(rows)(
    '%s answers each kind of caller as the table says',
    async (route, row) => {
      const isLast = route.startsWith('DELETE /api/predictions');
      if (isLast) for (const { task_id } of await unfinished()) await clients.admin.ended(task_id, 240_000);
      for (const [i, actor] of actors.entries()) {
        const answer = await ask(route, row, actor);
        expect([actor, answer.status, answer.body?.code]).toEqual([
          actor,
          row.statuses[i],
          answer.status < 400 ? undefined : expect.any(String),
        ]);
        if (answer.status >= 400) problem.parse(answer.body);
        else expectDocumented(route, answer);
        if (actor === 'stranger' && answer.status === 404) {
          const nobodys = row.id === 'dataset' ? 'NOBODY_USDT/1d' : randomUUID();
          const absent = await ask(route, row, actor, nobodys);
          expect(withoutOccasion(answer)).toEqual(withoutOccasion(absent));
        }
      }
    },
    300_000,
  );

  test('a sweep, and a backtest that still waits, are as documented too', async () => {
    const { owner, admin } = clients;
    const space = { fast_period: [5, 10] };
    const sweep = (await owner.post('/api/backtests/optimize', { ...smallBacktest, space })).body.backtest_id;
    expect((await owner.ended(sweep as string)).status).toBe('completed');
    expectDocumented('GET /api/backtests/:id', await owner.get(`/api/backtests/${sweep}`));
    await admin.post('/api/system/queue/pause');
    const waiting = await owner.backtest({ cache: false });
    expectDocumented('GET /api/backtests/:id', await owner.get(`/api/backtests/${waiting}`));
    expectDocumented('GET /api/tasks/:task_id', await owner.get(`/api/tasks/${waiting}`));
    await admin.post('/api/system/queue/resume');
    await owner.ended(waiting);
    expectDocumented('GET /api/backtests', await owner.get('/api/backtests'));
  });

  async function unfinished(): Promise<{ task_id: string }[]> {
    const { body } = await clients.admin.get('/api/system/queue');
    return [...body.queued_tasks, ...body.running_tasks];
  }
});

/** The body is what the document says: every field of it, and no other. */
function expectDocumented(route: string, { text, body }: Answer): void {
  const { answer } = operations[route]!;
  if (answer === null) expect(text).toBe('');
  else if (!isOtherMedia(answer)) {
    const read = answer.safeParse(body);
    expect(read.error?.issues ?? []).toEqual([]);
    expect(body).toEqual(read.data);
  }
}
