import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { createUserRequest, updateUserRequest, type User } from '@app/contracts';
import type { z } from 'zod';
import { AuditService, type Actor } from '../auth/audit.service.js';
import { Clock } from '../clock/clock.js';
import { Passwords } from '../auth/passwords.js';
import { UserDeletionHooks } from '../auth/user-deletion-hooks.js';
import { UsersService } from '../auth/users.service.js';
import { ConfigError, readConfig, type Config } from '../config/config.js';
import { Database } from '../database/database.js';
import { DataFolderInUseError, openEmbeddedDatabase } from '../database/embedded-database.js';
import { HttpProblem } from '../problems/http-problem.js';
import { redact } from '../logging/redact.js';

const usage = `Usage: npm run admin -- COMMAND [OPTIONS]

For the locked-out: changes accounts in the database itself, without the server. Reads the same environment and .env
file as the server. With the embedded database the server must be stopped; with DATABASE_URL it may run.

  create-user NAME [--role user|admin]   makes an account (default role: user)
  reset-password NAME                    gives an account a new password and ends its logins
  set-role NAME user|admin               changes what an account may do

  --password-stdin   read the password from standard input; otherwise one is made and printed, once
  --json             print one JSON object on standard output and nothing else there
  --help             this text

Each change is kept in the audit log as done by "command line".
`;

/** Something that the user of the command can put right. */
class UsageError extends Error {
  override readonly name = 'UsageError';
}

interface Done {
  readonly command: string;
  readonly user: User;
  /** Only where it was made here. */
  readonly password?: string;
}

/** No account can have this name: it holds a space. */
const actor: Actor = { userId: null, username: 'command line', address: null };

async function openDatabase(config: Config): Promise<Database> {
  if (config.databaseUrl !== null) return Database.postgres(config.databaseUrl);
  if (!existsSync(join(config.dataDir, 'database'))) {
    throw new UsageError(
      `There is no database in ${config.dataDir}. Start the server once, or set HEADROOM_DATA_DIR or DATABASE_URL.`,
    );
  }
  const engine = await openEmbeddedDatabase(config.dataDir, () => {
    process.stderr.write('The embedded database has ended unexpectedly.\n');
    process.exit(1);
  });
  return Database.embedded(engine);
}

/** What a command line asks for, checked as far as it can be without the database. */
function planned(
  [command, name, word, ...rest]: readonly string[],
  options: { role: string | undefined; password: string | null },
): (users: UsersService) => Promise<Done> {
  if (command === undefined || name === undefined || rest.length > 0) throw new UsageError(usage);
  const password = options.password ?? randomBytes(15).toString('base64url');
  const shown = options.password === null ? { password } : {};
  switch (command) {
    case 'create-user': {
      if (word !== undefined) throw new UsageError(usage);
      const request = checked(createUserRequest, { username: name, password, role: options.role ?? 'user' });
      return async (users) => ({ command, user: await users.create(request, actor), ...shown });
    }
    case 'reset-password': {
      if (word !== undefined || options.role !== undefined) throw new UsageError(usage);
      const change = checked(updateUserRequest, { password });
      return async (users) => {
        const { user_id } = await find(users, name);
        return { command, user: await users.update(user_id, change, actor), ...shown };
      };
    }
    case 'set-role': {
      const change = checked(updateUserRequest, { role: word });
      return async (users) => {
        const { user_id } = await find(users, name);
        return { command, user: await users.update(user_id, change, actor) };
      };
    }
    default:
      throw new UsageError(`There is no command "${command}".\n\n${usage}`);
  }
}

function checked<Value>(schema: z.ZodType<Value>, given: unknown): Value {
  const read = schema.safeParse(given);
  if (read.success) return read.data;
  const issues = read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new UsageError(issues.join('\n'));
}

async function find(users: UsersService, name: string): Promise<User> {
  const user = await users.findByName(name);
  if (user === null) throw new UsageError(`There is no user "${name}".`);
  return user;
}

function print({ command, user, password }: Done): void {
  const what = {
    'create-user': `Made the ${user.role} ${user.username}.`,
    'reset-password': `${user.username} has a new password; all earlier logins have ended.`,
    'set-role': `${user.username} is ${user.role === 'admin' ? 'an admin' : 'a user'} now.`,
  }[command];
  console.log(what);
  if (password !== undefined) console.log(`Password: ${password}  (shown once)`);
  if (user.disabled)
    console.log('The account is disabled; an admin can enable it (PATCH /api/users/:user_id).');
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      role: { type: 'string' },
      'password-stdin': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return;
  }
  if (positionals.length === 0) throw new UsageError(usage);
  if (existsSync('.env')) process.loadEnvFile('.env');
  const password = values['password-stdin'] ? (await text(process.stdin)).replace(/\r?\n$/, '') : null;
  const change = planned(positionals, { role: values.role, password });
  const database = await openDatabase(readConfig(process.env));
  try {
    const passwords = new Passwords();
    const users = new UsersService(
      database,
      passwords,
      new UserDeletionHooks(),
      new AuditService(database),
      new Clock(),
    );
    const done = await change(users);
    if (values.json) console.log(JSON.stringify(done));
    else print(done);
  } finally {
    await database.close();
  }
}

function explain(error: unknown): string {
  if (error instanceof UsageError || error instanceof ConfigError) return error.message;
  if (error instanceof DataFolderInUseError)
    return `${error.message}\nWhile the server runs, an admin can do this through it: PATCH /api/users/:user_id.`;
  if (error instanceof HttpProblem) return error.detail;
  return redact(error instanceof Error ? error.message : String(error));
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${explain(error)}\n`);
  process.exitCode = 1;
}
