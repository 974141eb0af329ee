export interface Answer {
  readonly status: number;
  readonly location: string | null;
  readonly body: unknown;
}

/** What a request that created a task is answered with. */
export interface Accepted extends Answer {
  /** The answer was given before, to a request with the same `Idempotency-Key`. */
  readonly replayed: boolean;
}
