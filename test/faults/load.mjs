import { randomUUID } from 'node:crypto';
import { mayPass } from './client.mjs';
import { delay } from '../../dist/tools/test-kit/index.js';

const usual = {
  backtest: 40,
  same: 8,
  sleep: 14,
  throw: 6,
  exit: 4,
  sharded: 6,
  chain: 8,
  cancel: 8,
  retry: 6,
};
const strategies = [
  [
    'SmaCross',
    (random) => ({
      fast_period: Math.floor(random.between(3, 20)),
      slow_period: Math.floor(random.between(25, 90)),
    }),
  ],
  ['BuyAndHold', () => ({})],
];
const mostRemembered = 40;
const reposts = 0.15;

/** Several users who send small tasks of all kinds, cancel some and retry others, whatever happens to the server. */
export class Load {
  /** Of this load: no other one uses its keys. */
  #name = randomUUID();
  #isOver = false;
  #users;

  constructor(clients, random, ledger, { pauseMs = 500, weights = usual } = {}) {
    this.ledger = ledger;
    this.pauseMs = pauseMs;
    this.weights = weights;
    this.#users = clients.map((client) => this.#act(client, random.fork()));
    // What went wrong is told by `end`; until then nobody listens.
    for (const user of this.#users) user.catch(() => undefined);
  }

  /** Ends the load; resolves when every request that names itself has its answer. */
  async end() {
    this.#isOver = true;
    await Promise.all(this.#users);
  }

  async #act(client, random) {
    const own = [];
    let n = 0;
    while (!this.#isOver) {
      n += 1;
      const kind = random.weighted(this.weights);
      const taskId = await this.#do(kind, { client, random, own, n });
      if (taskId) own.unshift(taskId);
      own.length = Math.min(own.length, mostRemembered);
      await delay(random.between(0.2, 1.8) * this.pauseMs);
    }
  }

  #do(kind, at) {
    switch (kind) {
      case 'backtest':
        return this.#backtest(at, { cache: false });
      case 'same':
        return this.#backtest(at, { params: { fast_period: 10, slow_period: 30 } });
      case 'sleep':
        return this.#misbehave(at, kind, { how: 'sleep', seconds: at.random.between(0, 1.5) });
      case 'sharded':
        return this.#misbehave(at, kind, { how: 'sharded', shards: 3, seconds: at.random.between(0.1, 0.6) });
      case 'wide':
        return this.#misbehave(at, kind, { how: 'sharded', shards: 8, seconds: at.random.between(0.1, 0.6) });
      case 'sweep':
        return this.#sweep(at);
      case 'chain': {
        const before = at.own[0];
        return before
          ? this.#misbehave(at, kind, { how: 'sleep', run_after: before }, { chained: true })
          : null;
      }
      case 'cancel':
        return this.#ask(at, 'cancel');
      case 'retry':
        return this.#ask(at, 'retry');
      default:
        return this.#misbehave(at, kind, { how: kind });
    }
  }

  /** One month of a strategy. */
  #backtest({ client, random, n }, fields) {
    const [strategy, params] = fields.params ? ['SmaCross', () => fields.params] : random.pick(strategies);
    const order = {
      strategy,
      symbol: random.pick(['BTC_USDT', 'ETH_USDT']),
      start_date: '2024-01-01',
      end_date: '2024-01-31',
      initial_capital: 10_000,
      ...fields,
      params: params(random),
    };
    return this.#sendNamed({ client, random, n }, 'backtest', '/api/backtests/run', order);
  }

  /** Eight runs over four years. */
  #sweep(at) {
    return this.#sendNamed(at, 'sweep', '/api/backtests/optimize', {
      strategy: 'SmaCross',
      symbol: at.random.pick(['BTC_USDT', 'ETH_USDT']),
      start_date: '2022-01-01',
      end_date: '2025-12-31',
      // Another one each time, so that it is computed.
      initial_capital: Math.round(at.random.between(10_000, 1_000_000)),
      space: { fast_period: [5, 10, 15, 20], slow_period: [30, 60] },
    });
  }

  /** Sends until it is answered, always under one key; some are sent again afterwards. */
  async #sendNamed({ client, random, n }, kind, path, order) {
    const key = `${client.username}-${this.#name}-${n}`;
    const taskId = await this.#sendOnce(client, path, order, key);
    if (taskId === null) return null;
    this.ledger.accept(taskId, { owner: client, kind });
    if (random.between(0, 1) < reposts) {
      this.ledger.counts.repeated += 1;
      await this.#sendOnce(client, path, order, key);
    }
    return taskId;
  }

  async #sendOnce(client, path, order, key) {
    this.ledger.counts.posts += 1;
    const headers = { 'Idempotency-Key': key };
    const { status, body } = await client.insist('POST', path, order, headers);
    if (status !== 202) {
      this.ledger.violations.push(`A task was answered ${status}: ${JSON.stringify(body)}`);
      return null;
    }
    this.ledger.answered(key, body.backtest_id);
    return body.backtest_id;
  }

  /** Sent once: without a name, nobody can know of an unanswered request whether it was accepted. */
  async #misbehave({ client }, kind, order, more = {}) {
    this.ledger.counts.posts += 1;
    const answer = await client.once('POST', '/api/misbehaviour', order);
    if (mayPass(answer)) {
      this.ledger.counts.lost += 1;
      return null;
    }
    if (answer.status !== 202) {
      // To run after a task that has failed meanwhile is refused, and rightly so.
      const isExpected = order.run_after !== undefined && answer.body?.code === 'DEPENDENCY_FAILED';
      this.ledger.counts.refused += 1;
      if (!isExpected && answer.status !== 401) {
        this.ledger.violations.push(`A task was answered ${answer.status}: ${JSON.stringify(answer.body)}`);
      }
      return null;
    }
    this.ledger.accept(answer.body.task_id, { owner: client, kind, ...more });
    return answer.body.task_id;
  }

  async #ask({ client, random, own }, what) {
    if (own.length === 0) return null;
    const taskId = random.pick(own);
    const entry = this.ledger.tasks.get(taskId);
    // Noted before it is asked: an unanswered request may have had its effect.
    if (what === 'cancel') entry.cancelled = true;
    else entry.retried = true;
    this.ledger.counts[what === 'cancel' ? 'cancels' : 'retries'] += 1;
    const answer = await client.once('POST', `/api/tasks/${taskId}/${what}`);
    if (!mayPass(answer) && ![202, 401, 409, 422].includes(answer.status)) {
      this.ledger.violations.push(
        `${what} of ${taskId} was answered ${answer.status}: ${JSON.stringify(answer.body)}`,
      );
    }
    return null;
  }
}
