import { setTimeout as delay } from 'node:timers/promises';

/**
 * Asks until the answer is truthy and returns it.
 *
 * @throws Error naming `what` (a text, or a function that makes it) after the time
 */
export async function eventually(ask, withinMs, what = 'what was waited for') {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (performance.now() > deadline)
      throw new Error(`After ${withinMs / 1000} s not yet: ${typeof what === 'function' ? what() : what}`);
    await delay(50);
  }
}

export { delay };
