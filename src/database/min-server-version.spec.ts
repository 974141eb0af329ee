import { describe, expect, test } from '@jest/globals';
import { sql } from 'drizzle-orm';
import { createDatabase } from '../../tools/test-kit/index.js';
import { stores } from '../../test/harness/databases.js';
import { ConfigError } from '../config/config.js';
import { version } from '../config/version.js';
import { Database } from './database.js';
import { compareVersions, minServerVersionSetting, requireServerVersion } from './min-server-version.js';
import { settings } from './schema.js';

describe('versions', () => {
  test.each([
    ['0.2.0', '0.2.0', 0],
    ['0.10.0', '0.9.9', 1],
    ['0.2', '0.2.0', 0],
    ['1.0.0', '0.99.99', 1],
    ['0.2.0', '0.2.1', -1],
    ['0.2.0-rc.1', '0.2.0', 0],
    ['0.2.0+build.7', '0.2.0', 0],
  ])('%s and %s are compared number by number', (a, b, expected) => {
    expect(Math.sign(compareVersions(a, b))).toBe(expected);
    expect(Math.sign(compareVersions(b, a))).toBe(-expected + 0);
  });
});

describe.each(stores)('the version that a database on %s needs', (_, open) => {
  test('is named by its migrations, is not above this one, and refuses an earlier server in one line', async () => {
    const opened = await open();
    const { queries } = opened.database;
    const [row] = await queries.select().from(settings);
    expect(row).toEqual({ key: minServerVersionSetting, value: '0.2.0' });
    await requireServerVersion(queries, version);
    const refusal = requireServerVersion(queries, '0.1.0');
    await expect(refusal).rejects.toThrow(ConfigError);
    await expect(refusal).rejects.toThrow(
      /^The database needs Headroom 0\.2\.0 or later; this is 0\.1\.0\.[^\n]*$/,
    );
    await queries.execute(sql`delete from settings`);
    await requireServerVersion(queries, '0.0.1');
    await opened.drop();
  });
});

const withServer = process.env.TEST_DATABASE_URL === undefined ? test.skip : test;

withServer('a server does not open a database of a later version, and changes nothing there', async () => {
  const { url, drop } = await createDatabase(process.env.TEST_DATABASE_URL!);
  const later = await Database.postgres(url);
  await later.queries.execute(
    sql`update settings set value = '"99.0.0"' where key = ${minServerVersionSetting}`,
  );
  await later.queries.execute(sql`drop table drizzle.__drizzle_migrations`);
  await later.close();
  await expect(Database.postgres(url)).rejects.toThrow('The database needs Headroom 99.0.0 or later');
  await drop();
});
