import { sql } from 'drizzle-orm';
import { ConfigError } from '../config/config.js';
import type { Queries } from './queries.js';

/** The setting that names the first version of the server that understands the database; migrations write it. */
export const minServerVersionSetting = 'min_server_version';

/**
 * Refuses a database that a later version has migrated; an empty one, and one of before 0.2.0, say nothing.
 *
 * @throws ConfigError when the database needs a later version than `version`
 */
export async function requireServerVersion(queries: Queries, version: string): Promise<void> {
  const { rows: tables } = await queries.execute<{ exists: boolean }>(
    sql`select to_regclass('settings') is not null as exists`,
  );
  if (!tables[0]!.exists) return;
  const { rows } = await queries.execute<{ value: unknown }>(
    sql`select value from settings where key = ${minServerVersionSetting}`,
  );
  const needed = rows[0]?.value;
  if (typeof needed !== 'string' || compareVersions(needed, version) <= 0) return;
  throw new ConfigError(
    `The database needs Headroom ${needed} or later; this is ${version}. Start that version, or restore a backup from before its upgrade.`,
  );
}

/** Compares dotted versions number by number; a missing number counts as 0, and what follows a hyphen or a plus not at all. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [numbersOf(a), numbersOf(b)];
  for (let n = 0; n < Math.max(left.length, right.length); n += 1) {
    const difference = (left[n] ?? 0) - (right[n] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function numbersOf(version: string): number[] {
  return version
    .split(/[-+]/, 1)[0]!
    .split('.')
    .map((part) => Number.parseInt(part, 10) || 0);
}
