/** An error, what caused it, what caused that, and so on: each once, as an error may be among its own causes. */
export function causesOf(error: Error): Error[] {
  const causes = new Set<Error>();
  let next: unknown = error;
  while (next instanceof Error && !causes.has(next)) {
    causes.add(next);
    next = next.cause;
  }
  return [...causes];
}
