import { stat } from 'node:fs/promises';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../clock/clock.js';
import { Config } from '../config/config.js';
import { HttpProblem } from '../problems/http-problem.js';
import { StoredResultSources } from '../queue/api/stored-result-sources.js';
import { SubmissionGuards } from '../queue/api/submission-guards.js';

interface Stored {
  readonly results: number;
  readonly bytes: number;
}

interface Measured extends Stored {
  /** Tasks accepted since then, each of which will leave a result. */
  accepted: number;
}

const measureLastsMs = 60_000;
/** Who is refused may have made room a moment ago. */
const refusalLastsMs = 1_000;
const mostUsersKept = 10_000;
const filesAtOnce = 32;
const mib = 2 ** 20;

/**
 * How much each user may keep: results by number, and results and imported candles by size. Who has reached
 * either is refused further tasks, never robbed of earlier ones.
 *
 * Looked up at most once a minute per user, so that a burst of submissions costs one look; what is running
 * meanwhile may still go beyond the cap.
 */
@Injectable()
export class StorageQuota implements OnModuleInit {
  readonly #measured = new Map<string, { readonly atMs: number; readonly stored: Promise<Measured> }>();

  constructor(
    private readonly config: Config,
    private readonly clock: Clock,
    private readonly sources: StoredResultSources,
    private readonly guards: SubmissionGuards,
  ) {}

  onModuleInit(): void {
    this.guards.register((userId) => this.admit(userId));
  }

  /** Counts a task in. @throws HttpProblem 409 `STORAGE_FULL` with what is stored and what may be */
  async admit(userId: string): Promise<void> {
    let stored = await this.#look(userId, measureLastsMs);
    if (this.#isFull(stored)) stored = await this.#look(userId, refusalLastsMs);
    if (this.#isFull(stored)) {
      const { maxResultsPerUser, maxStoredBytesPerUser } = this.config.storage;
      throw HttpProblem.conflict(
        'STORAGE_FULL',
        `You have ${stored.results + stored.accepted} results stored or coming and ${Math.round(stored.bytes / mib)} MB ` +
          `of results and candles; at most ${maxResultsPerUser} results and ${maxStoredBytesPerUser / mib} MB may be kept. ` +
          'Delete some of them first.',
      );
    }
    stored.accepted += 1;
  }

  #isFull({ results, accepted, bytes }: Measured): boolean {
    const { maxResultsPerUser, maxStoredBytesPerUser } = this.config.storage;
    return results + accepted >= maxResultsPerUser || bytes >= maxStoredBytesPerUser;
  }

  #look(userId: string, lastsMs: number): Promise<Measured> {
    const atMs = this.clock.steadyMs();
    const known = this.#measured.get(userId);
    if (known && atMs - known.atMs < lastsMs) return known.stored;
    const stored = this.#measure(userId).then((found) => ({ ...found, accepted: 0 }));
    if (this.#measured.size >= mostUsersKept) this.#measured.clear();
    this.#measured.set(userId, { atMs, stored });
    stored.catch(() => this.#measured.delete(userId));
    return stored;
  }

  async #measure(userId: string): Promise<Stored> {
    const { results, files } = await this.sources.storedBy(userId);
    return { results, bytes: await sizeOf([...new Set(files)]) };
  }
}

async function sizeOf(paths: readonly string[]): Promise<number> {
  let bytes = 0;
  for (let i = 0; i < paths.length; i += filesAtOnce) {
    const sizes = await Promise.all(paths.slice(i, i + filesAtOnce).map(sizeOfOne));
    for (const size of sizes) bytes += size;
  }
  return bytes;
}

/** Nothing where there is no file: sweeps have no trades, and a result may be removed meanwhile. */
function sizeOfOne(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}
