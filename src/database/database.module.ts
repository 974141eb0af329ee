import { Global, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { Config } from '../config/config.js';
import { Database } from './database.js';
import { openEmbeddedDatabase } from './embedded-database.js';

async function openDatabase(config: Config): Promise<Database> {
  if (config.databaseUrl !== null) return Database.postgres(config.databaseUrl);
  return Database.embedded(await openEmbeddedDatabase(config.dataDir, endProcess));
}

/** What was accepted is on disk; a new process takes it up, this one can no longer keep a promise. */
function endProcess(): void {
  process.stderr.write('The embedded database has ended unexpectedly; so does this process.\n');
  process.exit(1);
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
