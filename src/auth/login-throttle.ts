import { Injectable } from '@nestjs/common';
import { isIPv6 } from 'node:net';
import { HttpProblem } from '../http/http-problem.js';
import { Clock } from './clock.js';

const windowMs = 15 * 60_000;
const failuresPerAccount = 10;
const failuresPerAddress = 50;
const mostKeys = 20_000;

interface Count {
  attempts: number;
  resetsAtMs: number;
}

/**
 * Slows password guessing: 10 failures per account and 50 per address in 15 min, then 429 until the
 * window ends. An attempt counts from its beginning and is taken back when it succeeds, so that attempts
 * in parallel cannot outrun the count. Logins that are already open go on, and refresh, through it all.
 *
 * Kept in memory, per node, and bounded: beyond 20,000 keys the oldest goes.
 */
@Injectable()
export class LoginThrottle {
  readonly #counts = new Map<string, Count>();

  constructor(private readonly clock: Clock) {}

  /** @throws HttpProblem 429 with `Retry-After` when the account or the address has used up its failures */
  admit(account: string, address: string | null): void {
    const limits = limitsOf(account, address);
    const nowMs = this.clock.nowMs();
    for (const { key, most } of limits) {
      const count = this.#current(key, nowMs);
      if (count && count.attempts >= most) throw tooMany(count.resetsAtMs - nowMs);
    }
    for (const { key } of limits) this.#add(key, nowMs);
  }

  /** The attempt was right: the account's count is cleared and the address gets this attempt back. */
  succeeded(account: string, address: string | null): void {
    const [byAccount, byAddress] = limitsOf(account, address);
    this.#counts.delete(byAccount.key);
    const count = this.#counts.get(byAddress.key);
    if (count) count.attempts -= 1;
  }

  #current(key: string, nowMs: number): Count | undefined {
    const count = this.#counts.get(key);
    if (count && count.resetsAtMs <= nowMs) {
      this.#counts.delete(key);
      return undefined;
    }
    return count;
  }

  #add(key: string, nowMs: number): void {
    const count = this.#counts.get(key);
    if (count) {
      count.attempts += 1;
      return;
    }
    const oldest = this.#counts.size >= mostKeys ? this.#counts.keys().next().value : undefined;
    if (oldest !== undefined) this.#counts.delete(oldest);
    this.#counts.set(key, { attempts: 1, resetsAtMs: nowMs + windowMs });
  }
}

function limitsOf(account: string, address: string | null) {
  return [
    { key: `account ${account.trim().toLowerCase()}`, most: failuresPerAccount },
    { key: `address ${networkOf(address ?? '')}`, most: failuresPerAddress },
  ] as const;
}

function tooMany(waitMs: number): HttpProblem {
  const seconds = Math.ceil(waitMs / 1000);
  return new HttpProblem(
    429,
    'TOO_MANY_LOGIN_ATTEMPTS',
    `Too many failed attempts; try again in ${seconds} s.`,
    {
      headers: { 'Retry-After': String(seconds) },
    },
  );
}

/** An IPv4 address itself; of an IPv6 address the /64, because its holder has all of that. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (mapped) return mapped[1]!;
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.toLowerCase().split('%')[0]!.split('::');
  const groups = head === '' ? [] : head.split(':');
  if (tail !== undefined) {
    const after = tail === '' ? 0 : tail.split(':').length + (tail.includes('.') ? 1 : 0);
    groups.push(...Array.from({ length: 8 - groups.length - after }, () => '0'));
    groups.push(...(tail === '' ? [] : tail.split(':')));
  }
  return groups
    .slice(0, 4)
    .map((group) => parseInt(group, 16).toString(16))
    .join(':');
}
