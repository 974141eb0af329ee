import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { createDatabase } from './harness/databases.js';
import { Start } from './harness/start.js';

jest.setTimeout(120_000);

const password = 'hush-hush';
const serverUrl = process.env.TEST_DATABASE_URL;
const withServer = serverUrl === undefined ? describe.skip : describe;

let place: string;
let dataDir: string;
let starts: Start[];
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'headroom-refusal-'));
  dataDir = join(place, 'data');
  starts = [];
});
afterEach(async () => {
  await Promise.all(starts.map((start) => start.kill()));
  rmSync(place, { recursive: true, force: true });
});

function begin(environment: Record<string, string> = {}): Promise<Start> {
  const start = new Start(dataDir, environment);
  starts.push(start);
  return start.settled();
}

/** It has said why in one line, made no account, and shown neither a stack nor the password of an address. */
async function expectRefusal(start: Start, why: RegExp): Promise<void> {
  expect(start.url).toBeNull();
  expect(await start.ended).toBe(1);
  const errors = start.errors.trim().split('\n');
  expect([start.log, errors]).toEqual([start.log, [expect.stringMatching(why)]]);
  expect(start.log).not.toMatch(/^ {4}at |"stack"/m);
  expect(start.log).not.toContain(password);
  expect(start.shownPasswords).toEqual([]);
}

describe('a server that cannot start says which setting is to be changed:', () => {
  test('a host that nobody knows, or that is another machine’s, before anything is made', async () => {
    await expectRefusal(await begin({ HOST: 'nonsense.invalid' }), /^HOST: .*nonsense\.invalid/);
    await expectRefusal(await begin({ HOST: '192.0.2.1' }), /^HOST: .*192\.0\.2\.1/);
    expect(existsSync(join(dataDir, 'database'))).toBe(false);
  });

  test('a port that is taken, before anything is made', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    const start = await begin({ PORT: String(port) });
    other.close();
    await expectRefusal(start, new RegExp(`^PORT: .*${port}`));
    expect(existsSync(join(dataDir, 'database'))).toBe(false);
  });

  test('a plug-in that is not there', async () => {
    const nope = join(place, 'nope.mjs');
    await expectRefusal(await begin({ HEADROOM_PLUGINS: nope }), /^HEADROOM_PLUGINS: .*nope\.mjs/);
  });

  test('a plug-in that exports no handlers as they must be', async () => {
    const plugin = join(place, 'wrong.mjs');
    writeFileSync(plugin, "export default { handlers: [{ type: 'wrong', label: 'Wrong' }] };");
    const refusal =
      /^HEADROOM_PLUGINS: .*wrong\.mjs: its default export is no TaskPlugin: handlers\.0\.resources: /;
    await expectRefusal(await begin({ HEADROOM_PLUGINS: plugin }), refusal);
  });

  test('a data folder that cannot be one', async () => {
    writeFileSync(join(place, 'file'), '');
    const start = await begin({ HEADROOM_DATA_DIR: join(place, 'file') });
    await expectRefusal(start, /^HEADROOM_DATA_DIR: .*file cannot be used/);
  });

  test('a data folder that is in use', async () => {
    expect((await begin()).url).not.toBeNull();
    await expectRefusal(await begin(), /is in use by another Headroom process.*HEADROOM_DATA_DIR/);
  });

  test('a database that does not answer', async () => {
    const start = await begin({ DATABASE_URL: `postgres://headroom:${password}@127.0.0.1:1/headroom` });
    await expectRefusal(start, /^DATABASE_URL: .*ECONNREFUSED 127\.0\.0\.1:1/);
  });
});

withServer('on PostgreSQL (set TEST_DATABASE_URL to run this) a server says the same of', () => {
  const urlWith = (parts: Partial<URL>) => Object.assign(new URL(serverUrl!), { password, ...parts }).href;

  test('a database that is not there', async () => {
    const start = await begin({ DATABASE_URL: urlWith({ pathname: 'nope' }) });
    await expectRefusal(start, /^DATABASE_URL: .*database "nope" does not exist/);
  });

  test('a user that is not let in', async () => {
    const start = await begin({ DATABASE_URL: urlWith({ username: 'nobody_of_that_name' }) });
    await expectRefusal(start, /^DATABASE_URL: .*nobody_of_that_name/);
  });

  test('a name that another node has', async () => {
    const database = await createDatabase();
    try {
      const environment = { DATABASE_URL: database.url, HEADROOM_NODE_ID: 'one' };
      expect((await begin(environment)).url).not.toBeNull();
      await expectRefusal(await begin(environment), /^HEADROOM_NODE_ID: .*one/);
    } finally {
      await Promise.all(starts.map((start) => start.kill()));
      await database.drop();
    }
  });
});

test('a server closes its data folder to others and warns of settings that it does not know', async () => {
  mkdirSync(dataDir);
  chmodSync(dataDir, 0o755);
  const start = await begin({ HEADROOM_MAX_ATEMPTS: '5', HEADROOM_SERVICE_PORT_HTTP: '80' });
  expect(start.url).not.toBeNull();
  const modes = ['.', 'database', 'results', 'market-data'].map(
    (name) => statSync(join(dataDir, name)).mode & 0o777,
  );
  expect(modes).toEqual([0o700, 0o700, 0o700, 0o700]);
  expect(start.log).toMatch(/"level":"warn".*HEADROOM_MAX_ATEMPTS/);
  expect(start.log).not.toContain('HEADROOM_SERVICE_PORT_HTTP');
});
