import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ConfigError } from '../config/config.js';
import { copyDatabase, TargetNotEmptyError } from '../database/copy-database.js';
import { Database } from '../database/database.js';
import { DataFolderInUseError, openEmbeddedDatabase } from '../database/embedded-database.js';
import { formatStack } from '../logging/format-stack.js';
import { redact } from '../logging/redact.js';

const usage = `Usage: npm run copy-database -- --to URL [OPTIONS]

Copies everything in the embedded database of a data folder into an empty PostgreSQL database: accounts, tasks,
events, results and what was learned. The server must not run on the folder meanwhile. The folder stays as it is;
market data, results and models are read from it by the new nodes as well.

  --to URL          postgres://user:password@host:port/name
  --data-dir PATH   the data folder (default: HEADROOM_DATA_DIR, else ./data)
  --json            print one JSON object {copied: {table: rows}} on standard output and nothing else there
  --help            this text

Ends with 0 when all was copied, with 1 when nothing was, with 2 on bad options.
`;

interface Settings {
  readonly to: string;
  readonly dataDir: string;
  readonly json: boolean;
}

/** Something that the user of the command can put right. */
class UsageError extends Error {
  override readonly name = 'UsageError';
}

function settingsOf(args: string[]): Settings | null {
  const { values } = parseArgs({
    args,
    options: {
      to: { type: 'string' },
      'data-dir': { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return null;
  if (!/^postgres(ql)?:\/\//.test(values.to ?? ''))
    throw new UsageError('--to must be a postgres:// address.');
  const dataDir = resolve(values['data-dir'] ?? process.env.HEADROOM_DATA_DIR ?? './data');
  if (!existsSync(join(dataDir, 'database'))) {
    throw new UsageError(`There is no embedded database in ${dataDir}.`);
  }
  return { to: values.to!, dataDir, json: values.json };
}

async function copy({ to, dataDir, json }: Settings): Promise<void> {
  const from = await Database.embedded(await openEmbeddedDatabase(dataDir, () => process.exit(1)));
  try {
    const target = await Database.postgres(to, '--to');
    try {
      const copied = await copyDatabase(from, target, (table, rows) => {
        if (!json) process.stdout.write(`${table.padEnd(24)}${String(rows).padStart(10)} rows\n`);
      });
      if (json) process.stdout.write(`${JSON.stringify({ copied })}\n`);
      else
        process.stdout.write(
          'All was copied. Start the server with DATABASE_URL and this data folder now.\n',
        );
    } finally {
      await target.close();
    }
  } finally {
    await from.close();
  }
}

try {
  const settings = settingsOf(process.argv.slice(2));
  if (settings === null) process.stdout.write(usage);
  else await copy(settings);
} catch (error) {
  const isUsage =
    error instanceof UsageError ||
    (error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'));
  const isKnown =
    isUsage || [ConfigError, DataFolderInUseError, TargetNotEmptyError].some((kind) => error instanceof kind);
  const text = error instanceof Error ? (isKnown ? error.message : formatStack(error)) : String(error);
  process.stderr.write(`${redact(text)}\n`);
  process.exit(isUsage ? 2 : 1);
}
process.exit(0);
