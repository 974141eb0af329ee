import 'reflect-metadata';
import { existsSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { isatty } from 'node:tty';
import { parseArgs } from 'node:util';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from './app.module.js';
import { setUp } from './app.setup.js';
import { ConfigError, readConfig, unknownNames, type Config } from './config/config.js';
import { prepareDataFolder } from './config/data-folder.js';
import { DataFolderInUseError } from './database/embedded-database.js';
import { bindError, probeBind } from './http/probe-bind.js';
import { BoundedExpressAdapter } from './http/bounded-adapter.js';
import { loadPlugins } from './load-plugins.js';
import { formatStack } from './logging/format-stack.js';
import { Log } from './logging/log.js';
import { redact } from './logging/redact.js';

const usage = `Usage: node dist/src/main.js [--help]

Starts the Headroom server. Everything is set by environment variables or a .env file;
docs/operations.md lists them. The most used: PORT (8000), HOST (127.0.0.1), HEADROOM_DATA_DIR (./data),
ADMIN_USERNAME, ADMIN_PASSWORD, JWT_SECRET, TRADING_BOT_DEV_MODE, DATABASE_URL.
`;

async function start(config: Config): Promise<void> {
  const logger = new ServerLog({
    level: config.logLevel,
    format: config.logFormat ?? (isatty(1) ? 'text' : 'json'),
    colours: isatty(1) && process.env.NO_COLOR === undefined,
  });
  const unknown = unknownNames(Object.keys(process.env));
  if (unknown.length > 0) logger.warn(`Unknown settings, without effect: ${unknown.join(', ')}`, 'Config');
  await probeBind(config);
  prepareDataFolder(config.dataDir);
  const app = await NestFactory.create<NestExpressApplication>(
    AppModule.with(config, await loadPlugins(config)),
    new BoundedExpressAdapter(),
    { bodyParser: false, abortOnError: false, logger },
  );
  setUp(app, config);
  await app.init();
  await app.listen(config.port, config.host).catch((error: unknown) => {
    throw bindError(config, error);
  });
  const { port } = app.getHttpServer().address() as AddressInfo;
  const host = config.host === '0.0.0.0' || config.host === '::' ? 'localhost' : config.host;
  process.stdout.write(`Headroom is ready at http://${host}:${port}\n`);
}

/** Without the error that ends the start: that is told below, once. */
class ServerLog extends Log {
  override error(message: unknown, ...rest: unknown[]): void {
    if (rest.at(-1) !== 'ExceptionHandler') super.error(message, ...rest);
  }
}

function explain(error: unknown): string {
  if (error instanceof ConfigError || error instanceof DataFolderInUseError) return redact(error.message);
  return redact(error instanceof Error ? formatStack(error) : String(error));
}

function end(error: unknown): never {
  process.stderr.write(`${explain(error)}\n`);
  process.exit(1);
}

const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h' } }, strict: false });
if (values.help) {
  process.stdout.write(usage);
} else {
  // Node would print the error with all its fields.
  process.on('uncaughtException', end);
  try {
    if (existsSync('.env')) process.loadEnvFile('.env');
    await start(readConfig(process.env));
  } catch (error) {
    end(error);
  }
}
