/** Counts how often each command has met each state. */
export class Coverage {
  readonly #counts = new Map<string, number>();

  count(state: string, command: string): void {
    const key = `${state} × ${command}`;
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  /** The pairs that were met less often than that, with how often they were. */
  below(minimum: number, states: readonly string[], commands: readonly string[]): string[] {
    return states.flatMap((state) =>
      commands
        .map((command) => `${state} × ${command}`)
        .filter((key) => (this.#counts.get(key) ?? 0) < minimum)
        .map((key) => `${key}: ${this.#counts.get(key) ?? 0}`),
    );
  }
}
