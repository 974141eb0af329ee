/** A log that is shown when a test fails. */
export interface FailureLog {
  readonly name: string;
  readonly text: () => string;
  /** Whether later tests have nothing to do with it. */
  readonly isOver: () => boolean;
}

/** Where Jest's environment (`test/log-environment.mjs`) keeps the logs of the current file; absent outside Jest. */
const place = Symbol.for('headroom.failure-logs');

/** Has the last lines of a log printed when a test of the current file fails. */
export function showOnFailure(log: FailureLog): void {
  (globalThis as { [place]?: FailureLog[] })[place]?.push(log);
}

/** The last lines of a text. */
export function lastLines(text: string, count = 200): string {
  return text.trimEnd().split('\n').slice(-count).join('\n');
}
