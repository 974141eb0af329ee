/** The time of day; injected, so that a test decides when a token is late. */
export abstract class Clock {
  /** Milliseconds since 1970, UTC. */
  abstract nowMs(): number;
}

export const systemClock: Clock = { nowMs: () => Date.now() };
