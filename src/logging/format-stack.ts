import { withoutParameters } from './redact.js';

/** Causes beyond this many are left out; an error may even be among its own causes. */
const maxCauses = 10;

/**
 * An error's stack with those of what caused it, for a database error says most of its own in there; without
 * the values that a failed statement was given.
 */
export function formatStack(error: Error): string {
  const stacks: string[] = [];
  let cause: unknown = error;
  while (cause instanceof Error && stacks.length <= maxCauses) {
    stacks.push(ownStack(cause));
    cause = cause.cause;
  }
  return stacks.join('\nCaused by: ');
}

function ownStack({ message, stack = message }: Error): string {
  const clean = withoutParameters(message);
  // The stack begins with the message, and the frames below it stay.
  return withoutParameters(clean === message ? stack : stack.replace(message, () => clean));
}
