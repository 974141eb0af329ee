export type LoopState = 'starting' | 'running' | 'paused' | 'reloading' | 'draining' | 'stopped';

/** Every change of state that the scheduling loop may make. */
export const loopTransitions: Readonly<Record<LoopState, readonly LoopState[]>> = {
  /** The queue is not loaded yet. */
  starting: ['running', 'paused', 'draining'],
  running: ['paused', 'reloading', 'draining'],
  /** An admin has paused the queue: new tasks are queued, nothing starts. */
  paused: ['running', 'reloading', 'draining'],
  /** What is in memory may differ from the database: the next cycle reads the queue first. */
  reloading: ['running', 'paused', 'draining'],
  /** The server shuts down: new tasks are queued, nothing starts. */
  draining: ['stopped'],
  stopped: [],
};

export class IllegalLoopStateError extends Error {
  override readonly name = 'IllegalLoopStateError';
  constructor(from: LoopState, to: LoopState) {
    super(`The scheduling loop cannot go from ${from} to ${to}.`);
  }
}

export function canMove(from: LoopState, to: LoopState): boolean {
  return loopTransitions[from].includes(to);
}
