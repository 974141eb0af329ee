import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { adminPassword, AuthServer } from '../../test/auth-server.js';
import { auditLog, logins, users } from '../database/schema.js';
import { UserDeletionHooks } from './user-deletion-hooks.js';

let server: AuthServer;
let admin: string;
let adminId: string;
beforeAll(async () => {
  server = await AuthServer.start();
  admin = (await server.login()).access_token;
  adminId = (await server.call('GET /auth/me', { token: admin })).body.user_id;
}, 120_000);
afterAll(() => server.stop());

const patch = (userId: string, body: object, token = admin) =>
  server.call(`PATCH /users/${userId}`, { token, body });
const remove = (userId: string, token = admin) => server.call(`DELETE /users/${userId}`, { token });
const statusOf = async (token: string) => (await server.call('GET /probe/closed', { token })).status;
const newestAudit = async (limit: number) =>
  (await server.call(`GET /audit?limit=${limit}`, { token: admin })).body.items as Record<string, unknown>[];

describe('the first admin', () => {
  it('is made once, from the configuration, by nodes that start together', async () => {
    await server.database.queries.delete(users);
    const nodes = await Promise.all(
      [1, 2, 3, 4, 5, 6].map((i) =>
        server.application({ ADMIN_USERNAME: `admin${i}`, ADMIN_PASSWORD: 'short pw' }),
      ),
    );
    await Promise.all(nodes.map((node) => node.init()));
    const rows = await server.database.queries.select().from(users);
    expect(rows.map(({ role }) => role)).toEqual(['admin']);
    await server.login(rows[0]!.username, 'short pw');
    expect(server.printed).toEqual([]);
    await Promise.all(nodes.map((node) => node.close()));
  });

  it('gets a random password, printed once, where none is configured', async () => {
    await server.database.queries.delete(users);
    const first = await server.application({});
    await first.init();
    const second = await server.application({});
    await second.init();
    expect(server.printed).toHaveLength(1);
    const password = /^First admin: admin \/ (\S{20}) {2}\(shown once/.exec(server.printed[0]!)?.[1];
    await server.login('admin', password);
    await Promise.all([first.close(), second.close()]);
  });

  it('is not made again, nor its password set, where there are users', async () => {
    await server.database.queries.delete(users);
    const node = await server.application({ ADMIN_PASSWORD: adminPassword });
    await node.init();
    await node.close();
    const restarted = await server.application({ ADMIN_PASSWORD: 'some other password' });
    await restarted.init();
    await restarted.close();
    admin = (await server.login('admin', adminPassword)).access_token;
    adminId = (await server.call('GET /auth/me', { token: admin })).body.user_id;
  });
});

describe('the users routes', () => {
  it.each([
    'GET /users',
    'POST /users',
    `GET /users/${randomUUID()}`,
    `PATCH /users/${randomUUID()}`,
    `DELETE /users/${randomUUID()}`,
    'GET /audit',
  ])('answer 401 to nobody and 403 to a user: %s', async (route) => {
    const name = `u${randomUUID().slice(0, 8)}`;
    const { access_token } = await server.newUser(name);
    expect((await server.call(route)).status).toBe(401);
    const { status, body } = await server.call(route, { token: access_token });
    expect([status, body.code]).toEqual([403, 'FORBIDDEN']);
  });

  it('create a user with the role user, and show no password', async () => {
    const { status, body } = await server.call('POST /users', {
      token: admin,
      body: { username: 'Alice', password: 'correct horse battery' },
    });
    expect(status).toBe(201);
    expect(body).toEqual({
      user_id: expect.any(String),
      username: 'Alice',
      role: 'user',
      is_admin: false,
      disabled: false,
      created_at: expect.any(String),
    });
    expect((await server.call(`GET /users/${body.user_id}`, { token: admin })).body).toEqual(body);
  });

  it('refuse a name that is taken, in whatever case', async () => {
    const { status, body } = await server.call('POST /users', {
      token: admin,
      body: { username: 'aLICE', password: 'correct horse battery' },
    });
    expect([status, body.code]).toEqual([409, 'USERNAME_TAKEN']);
  });

  it.each([
    ['a field too many', { username: 'bob', password: 'twelve chars!', is_admin: true }],
    ['a password under twelve characters', { username: 'bob', password: 'eleven char' }],
    ['a name with a line break', { username: 'bob\nadmin', password: 'twelve chars!' }],
    ['an unknown role', { username: 'bob', password: 'twelve chars!', role: 'root' }],
  ])('refuse %s', async (_name, body) => {
    expect((await server.call('POST /users', { token: admin, body })).status).toBe(422);
  });

  it('answer 404 for a user who is not there, and for an id that cannot be', async () => {
    for (const id of [randomUUID(), 'no-uuid', '%20'])
      for (const answer of [
        await server.call(`GET /users/${id}`, { token: admin }),
        await patch(id, { disabled: true }),
        await remove(id),
      ])
        expect([answer.status, answer.body.code]).toEqual([404, 'NOT_FOUND']);
  });

  it('list everyone by name, page by page', async () => {
    const names: string[] = [];
    let cursor: string | null = null;
    do {
      const query: string = cursor === null ? '' : `&cursor=${cursor}`;
      const { status, body } = await server.call(`GET /users?limit=3${query}`, { token: admin });
      expect(status).toBe(200);
      names.push(...body.items.map(({ username }: { username: string }) => username));
      cursor = body.next_cursor;
    } while (cursor !== null);
    const stored = await server.database.queries.select({ username: users.username }).from(users);
    expect(names.length).toBeGreaterThan(6);
    expect(names).toEqual(
      stored.map(({ username }) => username).sort((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1)),
    );
  });

  it('answer 400 to a cursor that no page gave', async () => {
    for (const route of ['GET /users', 'GET /audit'])
      expect((await server.call(`${route}?cursor=AAAA`, { token: admin })).status).toBe(400);
  });
});

describe('a change to a user', () => {
  it('of role takes effect on the next request', async () => {
    const { access_token: token, userId } = await server.newUser('riser');
    expect((await server.call('GET /users', { token })).status).toBe(403);
    expect((await patch(userId, { role: 'admin' })).body).toMatchObject({ role: 'admin', is_admin: true });
    expect((await server.call('GET /users', { token })).status).toBe(200);
    await patch(userId, { role: 'user' });
    expect((await server.call('GET /users', { token })).status).toBe(403);
    expect(await statusOf(token)).toBe(200);
  });

  it('that disables ends their logins for good, also after they are enabled again', async () => {
    const { access_token, refresh_token, userId } = await server.newUser('sleeper');
    await patch(userId, { disabled: true });
    expect(await statusOf(access_token)).toBe(401);
    await patch(userId, { disabled: false });
    expect(await statusOf(access_token)).toBe(401);
    expect((await server.call('POST /auth/refresh', { body: { refresh_token } })).status).toBe(401);
    await server.login('sleeper', 'sleeper password');
  });

  it('of password ends their logins and lets them in with the new one', async () => {
    const { access_token, userId } = await server.newUser('forgetful');
    await patch(userId, { password: 'a fresh password' });
    expect(await statusOf(access_token)).toBe(401);
    await server.login('forgetful', 'a fresh password');
  });

  it('must name something to change, and nothing else', async () => {
    const { userId } = await server.newUser('unchanged');
    for (const body of [{}, { username: 'x' }, { role: null }, { disabled: 'yes' }])
      expect((await patch(userId, body)).status).toBe(422);
  });
});

describe('deleting a user', () => {
  it('ends their logins, disables them before the other modules let go, and then forgets them', async () => {
    const { access_token, userId } = await server.newUser('leaver');
    const seen: unknown[] = [];
    server.app.get(UserDeletionHooks).onDeletion(async (removed) => {
      if (removed !== userId) return;
      seen.push((await server.call(`GET /users/${removed}`, { token: admin })).body.disabled);
      if (seen.length === 1) throw new Error('the first attempt fails');
    });
    const failed = await remove(userId);
    expect([failed.status, failed.body.code]).toEqual([500, 'INTERNAL_ERROR']);
    // What went wrong is in the log; the answer knows neither the words nor the place.
    expect(JSON.stringify(failed.body)).not.toMatch(/the first attempt|\.ts|node_modules|\bat /);
    expect(await statusOf(access_token)).toBe(401);
    expect((await remove(userId)).status).toBe(204);
    expect(seen).toEqual([true, true]);
    expect((await server.call(`GET /users/${userId}`, { token: admin })).status).toBe(404);
    expect((await remove(userId)).status).toBe(404);
    const left = await server.database.queries.select().from(logins);
    expect(left.filter((login) => login.userId === userId)).toEqual([]);
  });
});

describe('the last admin', () => {
  it.each([
    ['demoted', () => patch(adminId, { role: 'user' })],
    ['disabled', () => patch(adminId, { disabled: true })],
    ['demoted while made a new password', () => patch(adminId, { role: 'user', password: 'twelve chars!' })],
    ['deleted', () => remove(adminId)],
  ])('cannot be %s', async (_name, attempt) => {
    const { status, body } = await attempt();
    expect([status, body.code]).toEqual([409, 'LAST_ADMIN']);
    expect(await statusOf(admin)).toBe(200);
    expect((await newestAudit(1))[0]).toMatchObject({ action: 'last_admin_refused', target: 'admin' });
  });

  it('does not count a disabled admin', async () => {
    const { userId } = await server.newUser('admin-asleep', 'admin');
    await patch(userId, { disabled: true });
    expect((await patch(adminId, { role: 'user' })).body.code).toBe('LAST_ADMIN');
    expect((await remove(userId)).status).toBe(204);
  });

  it('is left when the admins all go at once', async () => {
    const others = [await server.newUser('admin-two', 'admin'), await server.newUser('admin-three', 'admin')];
    const answers = await Promise.all([
      patch(adminId, { role: 'user' }),
      ...others.map(({ userId, access_token }) => patch(userId, { disabled: true }, access_token)),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 409]);
    const rows = await server.database.queries.select().from(users);
    expect(rows.filter(({ role, disabled }) => role === 'admin' && !disabled)).toHaveLength(1);
    await server.database.queries.update(users).set({ role: 'admin', disabled: false });
    admin = (await server.login()).access_token;
  });
});

describe('the audit log', () => {
  it('says who did what to whom, from where and when, newest first', async () => {
    const { access_token, userId } = await server.newUser('watched');
    await patch(userId, { role: 'admin', password: 'another password' });
    await patch(userId, { disabled: true });
    await server.call('POST /auth/login', { body: { username: 'watched', password: 'wrong one' } });
    await server.call('POST /auth/login', { body: { username: 'my secret password', password: 'x' } });
    await remove(userId);
    const rows = await newestAudit(9);
    expect(rows.map(({ actor, action, target }) => [actor, action, target])).toEqual([
      ['admin', 'user_deleted', 'watched'],
      [null, 'login_failed', null],
      ['watched', 'login_failed', null],
      ['admin', 'user_disabled', 'watched'],
      ['admin', 'password_reset', 'watched'],
      ['admin', 'role_set_admin', 'watched'],
      ['watched', 'login', null],
      ['admin', 'user_created', 'watched'],
      ['admin', 'login', null],
    ]);
    expect(rows[0]).toEqual({
      id: expect.any(Number),
      at: expect.stringMatching(/^\d{4}-.*Z$/),
      actor_id: adminId,
      actor: 'admin',
      action: 'user_deleted',
      target: 'watched',
      address: expect.stringMatching(/^(::ffff:)?127\.0\.0\.1$/),
    });
    expect(access_token).not.toBe('');
  });

  it('holds no password and no token', async () => {
    const session = await server.newUser('secretive');
    await server.call('POST /auth/login', { body: { username: 'hunter2hunter2', password: 'x' } });
    const kept = JSON.stringify(await server.database.queries.select().from(auditLog));
    for (const secret of [
      'secretive password',
      adminPassword,
      'hunter2',
      ...Object.values(session).slice(0, 2),
    ])
      expect(kept).not.toContain(secret);
  });

  it('is read page by page without a gap', async () => {
    const first = (await server.call('GET /audit?limit=2', { token: admin })).body;
    const second = (await server.call(`GET /audit?limit=2&cursor=${first.next_cursor}`, { token: admin }))
      .body;
    expect([...first.items, ...second.items]).toEqual(await newestAudit(4));
  });
});
