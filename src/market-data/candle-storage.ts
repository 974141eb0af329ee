import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Config } from '../config/config.js';
import {
  StoredResultSources,
  type StoredResults,
  type StoredResultSource,
} from '../queue/api/stored-result-sources.js';

/** Finds the candles that a user has imported: they take room, and are no results. */
@Injectable()
export class CandleStorage implements StoredResultSource, OnModuleInit {
  constructor(
    private readonly config: Config,
    private readonly sources: StoredResultSources,
  ) {}

  onModuleInit(): void {
    this.sources.register(this);
  }

  async storedBy(userId: string): Promise<StoredResults> {
    const folder = join(this.config.dataDir, 'market-data', 'users', userId);
    const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
    const files = entries.filter((entry) => entry.isFile());
    return { results: 0, files: files.map((entry) => join(entry.parentPath, entry.name)) };
  }
}
