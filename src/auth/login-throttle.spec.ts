import { describe, expect, it } from '@jest/globals';
import { OffsetClock } from '../clock/offset-clock.fixture.js';
import { HttpProblem } from '../problems/http-problem.js';
import { LoginThrottle } from './login-throttle.js';

const minuteMs = 60_000;

function throttleWithClock() {
  const clock = new OffsetClock();
  clock.hold();
  const throttle = new LoginThrottle(clock);
  const refusal = (account: string, address: string): HttpProblem | null => {
    try {
      throttle.admit(account, address);
      return null;
    } catch (error) {
      return error as HttpProblem;
    }
  };
  const fail = (count: number, account: (i: number) => string, address: (i: number) => string) => {
    for (let i = 0; i < count; i += 1) throttle.admit(account(i), address(i));
  };
  return { clock, throttle, refusal, fail };
}

describe('LoginThrottle', () => {
  it('refuses the eleventh failure of an account from one network', () => {
    const { refusal, fail } = throttleWithClock();
    fail(
      10,
      () => 'alice',
      () => '10.0.0.1',
    );
    const refused = refusal(' ALICE', '10.0.0.1')!;
    expect([refused.status, refused.code]).toEqual([429, 'TOO_MANY_LOGIN_ATTEMPTS']);
    expect(refused.extras.headers).toEqual({ 'Retry-After': '900' });
    expect(refusal('bob', '10.0.0.1')).toBeNull();
    expect(refusal('alice', '10.0.0.2')).toBeNull();
  });

  it('refuses the hundred-and-first failure of an account, from wherever it comes', () => {
    const { refusal, fail } = throttleWithClock();
    fail(
      100,
      () => 'alice',
      (i) => `10.0.0.${i}`,
    );
    expect(refusal('alice', '10.0.1.1')!.code).toBe('TOO_MANY_LOGIN_ATTEMPTS');
  });

  it('lets nobody lock the owner out of a network that the account has logged in from', () => {
    const { clock, throttle, refusal, fail } = throttleWithClock();
    throttle.admit('alice', '192.0.2.7');
    throttle.succeeded('alice', '192.0.2.7');
    clock.offsetMs = 20 * 24 * 60 * minuteMs;
    fail(
      100,
      () => 'alice',
      (i) => `10.0.0.${i}`,
    );
    expect(refusal('alice', '192.0.2.8')).not.toBeNull();
    expect(refusal('alice', '192.0.2.7')).toBeNull();
    clock.offsetMs = 31 * 24 * 60 * minuteMs;
    fail(
      100,
      () => 'alice',
      (i) => `10.0.0.${i}`,
    );
    expect(refusal('alice', '192.0.2.7')).not.toBeNull();
  });

  it('refuses the fifty-first failure from an address, whatever the account', () => {
    const { refusal, fail } = throttleWithClock();
    fail(
      50,
      (i) => `user${i}`,
      () => '10.0.0.1',
    );
    expect(refusal('user99', '10.0.0.1')!.status).toBe(429);
    expect(refusal('user99', '10.0.0.2')).toBeNull();
  });

  it('counts no refused attempt, so that the wait does not grow', () => {
    const { clock, refusal, fail } = throttleWithClock();
    fail(
      10,
      () => 'alice',
      () => '10.0.0.1',
    );
    for (let i = 0; i < 100; i += 1) refusal('alice', '10.0.0.1');
    expect(refusal('bob', '10.0.0.1')).toBeNull();
    clock.offsetMs = 14 * minuteMs + 59_001;
    expect(refusal('alice', '10.0.0.1')!.extras.headers).toEqual({ 'Retry-After': '1' });
    clock.offsetMs = 15 * minuteMs;
    expect(refusal('alice', '10.0.0.1')).toBeNull();
  });

  it('forgives an account its failures there on a success, and takes only that attempt from the network', () => {
    const { throttle, refusal, fail } = throttleWithClock();
    fail(
      9,
      () => 'alice',
      () => '10.0.0.1',
    );
    throttle.admit('alice', '10.0.0.1');
    throttle.succeeded('alice', '10.0.0.1');
    fail(
      10,
      () => 'alice',
      () => '10.0.0.1',
    );
    fail(
      31,
      (i) => `user${i}`,
      () => '10.0.0.1',
    );
    expect(refusal('someone', '10.0.0.1')!.status).toBe(429);
  });

  it('forgets the oldest beyond 20,000 keys rather than grow', () => {
    const { refusal, fail } = throttleWithClock();
    fail(
      10,
      () => 'alice',
      () => '10.0.0.1',
    );
    expect(refusal('alice', '10.0.0.1')).not.toBeNull();
    fail(
      7_000,
      (i) => `user${i}`,
      (i) => `${i}`,
    );
    expect(refusal('alice', '10.0.0.1')).toBeNull();
  });
});
