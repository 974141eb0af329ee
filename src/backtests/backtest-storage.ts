import { Injectable, type OnModuleInit } from '@nestjs/common';
import { eq, sql } from 'drizzle-orm';
import { Database } from '../database/database.js';
import { backtests } from '../database/schema.js';
import {
  StoredResultSources,
  type StoredResults,
  type StoredResultSource,
} from '../queue/api/stored-result-sources.js';
import { TaskResults } from '../queue/api/task-results.js';
import { tradesCsvPath } from './trades-csv.js';

/** Counts the backtests and sweeps that a user keeps. */
@Injectable()
export class BacktestStorage implements StoredResultSource, OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly results: TaskResults,
    private readonly sources: StoredResultSources,
  ) {}

  onModuleInit(): void {
    this.sources.register(this);
  }

  async storedBy(userId: string): Promise<StoredResults> {
    const rows = await this.database.queries
      .select({ file: sql<string | null>`${backtests.summary} ->> 'result_file'` })
      .from(backtests)
      .where(eq(backtests.userId, userId));
    const files = rows.flatMap(({ file }) => {
      if (file === null) return [];
      const path = this.results.pathOf(file);
      return [path, tradesCsvPath(path)];
    });
    return { results: rows.length, files };
  }
}
