import { Global, Inject, Logger, Module, type OnApplicationShutdown } from '@nestjs/common';
import { Config } from '../config/config.js';
import { Database } from './database.js';
import { openEmbeddedDatabase } from './embedded-database.js';

async function openDatabase(config: Config): Promise<Database> {
  if (config.databaseUrl !== null) return Database.postgres(config.databaseUrl);
  return Database.embedded(await openEmbeddedDatabase(config.dataDir, warn));
}

function warn(error: Error): void {
  new Logger('Database').error(`The embedded database has ended and is opened again: ${error.message}`);
}

@Global()
@Module({
  providers: [{ provide: Database, useFactory: openDatabase, inject: [Config] }],
  exports: [Database],
})
export class DatabaseModule implements OnApplicationShutdown {
  constructor(@Inject(Database) private readonly database: Database) {}

  async onApplicationShutdown(): Promise<void> {
    await this.database.close();
  }
}
