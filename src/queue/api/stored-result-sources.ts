import { Injectable } from '@nestjs/common';

/** What a feature stores for one user. */
export interface StoredResults {
  readonly results: number;
  /** Paths of the files that hold its data; some may be missing. */
  readonly files: readonly string[];
}

export interface StoredResultSource {
  storedBy(userId: string): Promise<StoredResults>;
}

/** The features that store results or data for users. The storage quota adds up what they store. */
@Injectable()
export class StoredResultSources {
  readonly #sources: StoredResultSource[] = [];

  register(source: StoredResultSource): void {
    this.#sources.push(source);
  }

  /** What all features together store for a user. */
  async storedBy(userId: string): Promise<StoredResults> {
    const found = await Promise.all(this.#sources.map((source) => source.storedBy(userId)));
    return {
      results: found.reduce((sum, { results }) => sum + results, 0),
      files: found.flatMap(({ files }) => files),
    };
  }
}
