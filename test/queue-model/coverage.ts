/** Counts how often each command has met each state. */
export class Coverage {
  readonly #counts = new Map<string, number>();

  count(state: string, command: string): void {
    const key = `${state} × ${command}`;
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  get(state: string, command: string): number {
    return this.#counts.get(`${state} × ${command}`) ?? 0;
  }

  /** The pairs that were met less often than that. */
  below(minimum: number, states: readonly string[], commands: readonly string[]): string[] {
    return states.flatMap((state) =>
      commands
        .filter((command) => this.get(state, command) < minimum)
        .map((command) => `${state} × ${command}: ${this.get(state, command)}`),
    );
  }
}
