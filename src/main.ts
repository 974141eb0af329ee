import 'reflect-metadata';
import { existsSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { isAbsolute, resolve } from 'node:path';
import { isatty } from 'node:tty';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import type { Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from './app.module.js';
import { setUp } from './app.setup.js';
import { ConfigError, readConfig, type Config } from './config/config.js';
import { DataFolderInUse } from './database/embedded-database.js';
import { BoundedExpressAdapter } from './http/bounded-adapter.js';
import { stackOf } from './logging/error-stack.js';
import { Log } from './logging/log.js';
import { redacted } from './logging/redact.js';

const usage = `Usage: node dist/src/main.js [--help]

Starts the Headroom server. Everything is set by environment variables or a .env file;
docs/operations.md lists them. The most used: PORT (8000), HOST (127.0.0.1), HEADROOM_DATA_DIR (./data),
ADMIN_USERNAME, ADMIN_PASSWORD, JWT_SECRET, TRADING_BOT_DEV_MODE, DATABASE_URL.
`;

async function start(config: Config): Promise<void> {
  const app = await NestFactory.create<NestExpressApplication>(
    AppModule.with(config, await loadPlugins(config)),
    new BoundedExpressAdapter(),
    {
      bodyParser: false,
      abortOnError: false,
      logger: new Log({
        level: config.logLevel,
        format: config.logFormat ?? (isatty(1) ? 'text' : 'json'),
        colours: isatty(1) && process.env.NO_COLOR === undefined,
      }),
    },
  );
  setUp(app, config);
  await app.listen(config.port, config.host);
  const { port } = app.getHttpServer().address() as AddressInfo;
  const host = config.host === '0.0.0.0' || config.host === '::' ? 'localhost' : config.host;
  process.stdout.write(`Headroom is ready at http://${host}:${port}\n`);
}

/** A plug-in adds task types by registering handlers, as the features here do; see docs/extending.md. */
async function loadPlugins(config: Config): Promise<Type[]> {
  return Promise.all(
    config.plugins.map(async (name) => {
      const location = name.startsWith('.') || isAbsolute(name) ? pathToFileURL(resolve(name)).href : name;
      const { default: module } = (await import(location)) as { default?: Type };
      if (typeof module !== 'function')
        throw new ConfigError(`HEADROOM_PLUGINS: ${name} exports no Nest module by default.`);
      return module;
    }),
  );
}

function explain(error: unknown): string {
  if (error instanceof ConfigError || error instanceof DataFolderInUse) return error.message;
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
    return `The address is in use: ${error.message}. Set PORT to another port.`;
  }
  return redacted(error instanceof Error ? stackOf(error) : String(error));
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
