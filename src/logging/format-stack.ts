import { causesOf } from './causes.js';
import { withoutParameters } from './redact.js';

/**
 * An error's stack with those of what caused it, for a database error says most of its own in there; without
 * the values that a failed statement was given.
 */
export function formatStack(error: Error): string {
  return causesOf(error).map(ownStack).join('\nCaused by: ');
}

function ownStack({ message, stack = message }: Error): string {
  const clean = withoutParameters(message);
  // The stack begins with the message, and the frames below it stay.
  return withoutParameters(clean === message ? stack : stack.replace(message, () => clean));
}
