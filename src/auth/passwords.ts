import { hash, verify } from '@node-rs/argon2';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import pLimit from 'p-limit';
import { randomBytes } from 'node:crypto';

/** OWASP's password storage cheat sheet: 19 MiB, 2 passes, 1 lane; argon2id is the package's default. */
const cost = { memoryCost: 19 * 1024, timeCost: 2, parallelism: 1 };
/** Each takes a thread and 19 MiB for tens of milliseconds; more at once would crowd out everything else. */
const concurrency = 2;

/** Hashes and checks passwords on the thread pool, a few at a time. */
@Injectable()
export class Passwords implements OnModuleInit {
  readonly #limit = pLimit(concurrency);
  #decoy = '';

  async onModuleInit(): Promise<void> {
    this.#decoy = await this.hash(randomBytes(16).toString('hex'));
  }

  hash(password: string): Promise<string> {
    return this.#limit(() => hash(password, cost));
  }

  /**
   * Whether `password` is the one behind `stored`; null (no such user) takes as long and is never right.
   *
   * @param admit called when this check is about to begin; it refuses the work by throwing
   */
  verify(stored: string | null, password: string, admit: () => void): Promise<boolean> {
    return this.#limit(async () => {
      admit();
      const matches = await verify(stored ?? this.#decoy, password);
      return matches && stored !== null;
    });
  }
}
