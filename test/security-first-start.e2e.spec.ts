import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Client } from './harness/server.js';
import { createDatabase, ServerProcess } from '../tools/test-kit/index.js';
import { shownPasswords } from './harness/shown-passwords.js';

const goodSecret = 'a signing secret for this test, long enough';

let dataDir: string;
let starts: ServerProcess[];
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'headroom-first-'));
  starts = [];
});
afterEach(async () => {
  await Promise.all(starts.map((start) => start.end('SIGKILL')));
  rmSync(dataDir, { recursive: true, force: true });
});

function begin(environment: Record<string, string> = {}): ServerProcess {
  const start = new ServerProcess({
    environment: { PORT: '0', HEADROOM_DATA_DIR: dataDir, ...environment },
  });
  starts.push(start);
  return start;
}

/** The one admin's password opens the door, and there is nobody else. */
async function expectOneAdmin(url: string, password: string): Promise<void> {
  const anonymous = new Client(url, null);
  const { status, body } = await anonymous.post('/api/auth/login', { username: 'admin', password });
  expect(status).toBe(200);
  const users = await new Client(url, body.access_token as string).get('/api/users');
  expect(users.body.items).toMatchObject([{ username: 'admin', role: 'admin' }]);
}

test('of two servers that start at once on one new folder, one begins and the other refuses', async () => {
  const [one, other] = await Promise.all([begin().settled(), begin().settled()]);
  const [begun, refused] = one.url === null ? [other, one] : [one, other];
  expect(await refused.ended).toBe(1);
  expect(refused.log).toContain('is in use by another Headroom process');
  expect([refused.url, shownPasswords(refused)]).toEqual([null, []]);
  expect(shownPasswords(begun)).toHaveLength(1);
  await expectOneAdmin(begun.url!, shownPasswords(begun)[0]!);
});

const serverUrl = process.env.TEST_DATABASE_URL;
const withServer = serverUrl === undefined ? describe.skip : describe;
withServer('on PostgreSQL (set TEST_DATABASE_URL to run this)', () => {
  test('nodes that start at once on an empty database make one admin and show one password', async () => {
    const database = await createDatabase(serverUrl!);
    try {
      const nodes = ['one', 'two', 'three'].map((node) =>
        begin({ DATABASE_URL: database.url, HEADROOM_NODE_ID: node, HEADROOM_ROLE: 'api' }),
      );
      await Promise.all(nodes.map((node) => node.settled()));
      for (const node of nodes) expect([node.log, node.url]).toEqual([node.log, expect.any(String)]);
      const passwords = nodes.flatMap((node) => shownPasswords(node));
      expect(passwords).toHaveLength(1);
      // The same token opens the doors of all: they share one signing secret too.
      for (const { url } of nodes) await expectOneAdmin(url!, passwords[0]!);
      const { body } = await new Client(nodes[0]!.url!, null).post('/api/auth/login', {
        username: 'admin',
        password: passwords[0]!,
      });
      for (const { url } of nodes)
        expect((await new Client(url!, body.access_token as string).get('/api/auth/me')).status).toBe(200);
    } finally {
      await Promise.all(starts.map((start) => start.end('SIGKILL')));
      await database.drop();
    }
  });
});

describe('a server for production does not start', () => {
  test.each([
    ['without a secret', {}, /JWT_SECRET: is required/],
    ['with a short one', { JWT_SECRET: 'too short' }, /JWT_SECRET: has 9 bytes, needs at least 32/],
    [
      'with a known one',
      { JWT_SECRET: 'changeme-changeme-changeme-changeme' },
      /JWT_SECRET: is a known default/,
    ],
    [
      'with a known admin password',
      { JWT_SECRET: goodSecret, ADMIN_PASSWORD: 'admin123' },
      /ADMIN_PASSWORD: is a known default/,
    ],
  ])(
    '%s, and says so',
    async (_, environment, message) => {
      const start = await begin({ NODE_ENV: 'production', ...environment }).settled();
      expect(start.url).toBeNull();
      expect(await start.ended).toBe(1);
      expect(start.log).toMatch(message);
      // It never says what it was given.
      for (const secret of Object.values(environment)) expect(start.log).not.toContain(secret);
    },
    100_000,
  );
});
