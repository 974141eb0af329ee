import { Injectable, type OnModuleInit } from '@nestjs/common';
import { eq, sql } from 'drizzle-orm';
import { Database } from '../database/database.js';
import { models, predictions } from '../database/schema.js';
import {
  StoredResultSources,
  type StoredResults,
  type StoredResultSource,
} from '../queue/api/stored-result-sources.js';
import { TaskResults } from '../queue/api/task-results.js';

/** Counts the models and predictions that a user keeps. */
@Injectable()
export class PredictionStorage implements StoredResultSource, OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly results: TaskResults,
    private readonly sources: StoredResultSources,
  ) {}

  onModuleInit(): void {
    this.sources.register(this);
  }

  async storedBy(userId: string): Promise<StoredResults> {
    const stored = await this.database.queries
      .select({ file: sql<string | null>`${models.summary} ->> 'file'` })
      .from(models)
      .where(eq(models.userId, userId));
    const predicted = await this.database.queries.$count(predictions, eq(predictions.userId, userId));
    const files = stored.flatMap(({ file }) => (file === null ? [] : [this.results.pathOf(file)]));
    return { results: stored.length + predicted, files };
  }
}
