import { withoutParameters } from './redact.js';

/**
 * An error's stack with those of what caused it, for a database error says most of its own in there; without
 * the values that a failed statement was given.
 */
export function formatStack(error: Error): string {
  const { message, stack = message } = error;
  const clean = withoutParameters(message);
  // The stack begins with the message, and the frames below it stay.
  const own = withoutParameters(clean === message ? stack : stack.replace(message, () => clean));
  return error.cause instanceof Error ? `${own}\nCaused by: ${formatStack(error.cause)}` : own;
}
