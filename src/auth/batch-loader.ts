interface Waiting<Value> {
  readonly answer: Promise<Value | undefined>;
  readonly resolve: (value: Value | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Looks up many keys with one query: those asked for while a query is under way go together in the next one.
 * A query always begins after the question, so that no answer is older than that.
 */
export class BatchLoader<Value> {
  #waiting = new Map<string, Waiting<Value>>();
  #isBusy = false;

  constructor(private readonly find: (keys: string[]) => Promise<ReadonlyMap<string, Value>>) {}

  /** What belongs to the key; undefined where there is nothing. @throws what the query throws */
  get(key: string): Promise<Value | undefined> {
    const waiting = this.#waiting.get(key) ?? waitingFor<Value>();
    this.#waiting.set(key, waiting);
    if (!this.#isBusy) void this.#work();
    return waiting.answer;
  }

  async #work(): Promise<void> {
    this.#isBusy = true;
    while (this.#waiting.size > 0) {
      const asked = this.#waiting;
      this.#waiting = new Map();
      try {
        const found = await this.find([...asked.keys()]);
        for (const [key, { resolve }] of asked) resolve(found.get(key));
      } catch (error) {
        for (const { reject } of asked.values()) reject(error);
      }
    }
    this.#isBusy = false;
  }
}

function waitingFor<Value>(): Waiting<Value> {
  let resolve!: Waiting<Value>['resolve'];
  let reject!: Waiting<Value>['reject'];
  const answer = new Promise<Value | undefined>((settle, fail) => {
    resolve = settle;
    reject = fail;
  });
  return { answer, resolve, reject };
}
