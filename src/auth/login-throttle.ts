import { Injectable } from '@nestjs/common';
import { HttpProblem } from '../problems/http-problem.js';
import { networkOf } from '../http/network.js';
import { FixedWindowCounter } from '../http/fixed-window-counter.js';
import { Clock } from '../clock/clock.js';

const windowMs = 15 * 60_000;
const failuresPerAccountAndNetwork = 10;
const failuresPerNetwork = 50;
const failuresPerAccount = 100;
const homeLastsMs = 30 * 24 * 3600_000;

/**
 * Slows password guessing: in 15 min 10 failures of an account from one network, 50 from a network whatever
 * the account, and 100 of an account from wherever; then 429 until the window ends. An attempt counts from its
 * beginning and is taken back when it succeeds, so that attempts in parallel cannot outrun the count.
 *
 * Nobody can lock somebody else out: failures count against the network they come from, and the count over all
 * networks does not hold where the account has logged in within 30 days. What is left to an attacker is to
 * share the owner's network. Logins that are already open go on, and refresh, through it all.
 *
 * Kept in memory, per node.
 */
@Injectable()
export class LoginThrottle {
  readonly #failures = new FixedWindowCounter(windowMs);
  /** Where accounts have logged in. */
  readonly #homes = new FixedWindowCounter(homeLastsMs);

  constructor(private readonly clock: Clock) {}

  /** @throws HttpProblem 429 with `Retry-After` when the account or the address has used up its failures */
  admit(account: string, address: string | null): void {
    const { pair, network, everywhere } = keysOf(account, address);
    const nowMs = this.clock.steadyMs();
    const limits = [
      { key: pair, most: failuresPerAccountAndNetwork },
      { key: network, most: failuresPerNetwork },
      ...(this.#homes.current(pair, nowMs) ? [] : [{ key: everywhere, most: failuresPerAccount }]),
    ];
    for (const { key, most } of limits) {
      const failures = this.#failures.current(key, nowMs);
      if (failures && failures.count >= most) throw tooMany(failures.endsAtMs - nowMs);
    }
    for (const key of [pair, network, everywhere]) this.#failures.add(key, nowMs);
  }

  /** The attempt was right: this network is known to the account, and its failures there are forgiven. */
  succeeded(account: string, address: string | null): void {
    const { pair, network, everywhere } = keysOf(account, address);
    this.#failures.clear(pair);
    this.#failures.takeBack(network);
    this.#failures.takeBack(everywhere);
    this.#homes.clear(pair);
    this.#homes.add(pair, this.clock.steadyMs());
  }
}

function keysOf(account: string, address: string | null) {
  const name = account.trim().toLowerCase();
  const network = networkOf(address ?? '');
  return { pair: `${network} ${name}`, network: `network ${network}`, everywhere: `account ${name}` };
}

function tooMany(waitMs: number): HttpProblem {
  const seconds = Math.ceil(waitMs / 1000);
  return new HttpProblem(
    429,
    'TOO_MANY_LOGIN_ATTEMPTS',
    `Too many failed attempts; try again in ${seconds} s.`,
    { headers: { 'Retry-After': String(seconds) } },
  );
}
