import { setTimeout as delay } from 'node:timers/promises';

export { delay };

type Falsy = null | undefined | false | 0 | '';

const pollMs = 50;
const interruptions = new Set<() => Error | null>();

/**
 * Ends every `waitFor` of this process with an error as soon as the check returns one, for example because the server
 * under test has ended. The returned function takes the check away.
 */
export function interruptWaits(check: () => Error | null): () => void {
  interruptions.add(check);
  return () => interruptions.delete(check);
}

function interruption(): Error | null {
  for (const check of interruptions) {
    const error = check();
    if (error !== null) return error;
  }
  return null;
}

/**
 * Asks every 50 ms until the answer is truthy and returns it.
 *
 * @param what names what is waited for: a text, or a function that makes it after the time
 * @throws Error after the time, or as soon as a check of `interruptWaits` returns one
 */
export async function waitFor<Value>(
  ask: () => Value | Falsy | Promise<Value | Falsy>,
  withinMs = 120_000,
  what: string | (() => string) = 'what was waited for',
): Promise<Value> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    try {
      const answer = await ask();
      if (answer) return answer;
    } catch (error) {
      // The question failed because of the end that a check tells of.
      throw interruption() ?? error;
    }
    const error = interruption();
    if (error !== null) throw error;
    if (performance.now() > deadline) {
      const name = typeof what === 'function' ? what() : what;
      throw new Error(`After ${withinMs / 1000} s not yet: ${name}`);
    }
    await delay(pollMs);
  }
}
