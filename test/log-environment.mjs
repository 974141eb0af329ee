import { TestEnvironment } from 'jest-environment-node';

const place = Symbol.for('headroom.failure-logs');
const shownLines = 200;

/** Jest's usual environment, which prints the ends of the servers' logs after a failed test. */
export default class LogEnvironment extends TestEnvironment {
  #path;
  #shown = new WeakMap();

  constructor(config, context) {
    super(config, context);
    this.#path = context.testPath;
  }

  async setup() {
    await super.setup();
    this.global[place] = [];
  }

  handleTestEvent({ name, test }) {
    if (name !== 'test_done') return;
    if (test.errors.length > 0) this.#show(test);
    // Later tests have nothing to do with a server that has ended.
    this.global[place] = this.global[place].filter((log) => !log.isOver());
  }

  #show(test) {
    for (const log of this.global[place]) {
      const text = log.text();
      const isNew = text !== this.#shown.get(log);
      this.#shown.set(log, text);
      if (!isNew) continue;
      const lines = text.trimEnd().split('\n').slice(-shownLines).join('\n');
      process.stderr.write(
        `\n${this.#path}: "${test.name}" failed; the log of ${log.name} ends:\n${lines}\n`,
      );
    }
  }
}
