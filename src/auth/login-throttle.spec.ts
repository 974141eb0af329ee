import { describe, expect, it } from '@jest/globals';
import { HttpProblem } from '../http/http-problem.js';
import { LoginThrottle, networkOf } from './login-throttle.js';

const minuteMs = 60_000;

function throttleAt(start = 0) {
  const clock = { ms: start, nowMs: () => clock.ms };
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
  it('refuses the eleventh failure on an account, from wherever it comes', () => {
    const { refusal, fail } = throttleAt();
    fail(
      10,
      () => 'alice',
      (i) => `10.0.0.${i}`,
    );
    const refused = refusal(' ALICE', '10.0.1.1')!;
    expect([refused.status, refused.code]).toEqual([429, 'TOO_MANY_LOGIN_ATTEMPTS']);
    expect(refused.extras.headers).toEqual({ 'Retry-After': '900' });
    expect(refusal('bob', '10.0.0.1')).toBeNull();
  });

  it('refuses the fifty-first failure from an address, whatever the account', () => {
    const { refusal, fail } = throttleAt();
    fail(
      50,
      (i) => `user${i}`,
      () => '10.0.0.1',
    );
    expect(refusal('user99', '10.0.0.1')!.status).toBe(429);
    expect(refusal('user99', '10.0.0.2')).toBeNull();
  });

  it('counts no refused attempt, so that the wait does not grow', () => {
    const { clock, refusal, fail } = throttleAt();
    fail(
      10,
      () => 'alice',
      () => '10.0.0.1',
    );
    for (let i = 0; i < 100; i += 1) refusal('alice', '10.0.0.1');
    expect(refusal('bob', '10.0.0.1')).toBeNull();
    clock.ms = 14 * minuteMs + 59_001;
    expect(refusal('alice', '10.0.0.1')!.extras.headers).toEqual({ 'Retry-After': '1' });
    clock.ms = 15 * minuteMs;
    expect(refusal('alice', '10.0.0.1')).toBeNull();
  });

  it('clears the account on a success, and takes only that attempt from the address', () => {
    const { throttle, refusal, fail } = throttleAt();
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
      () => '10.0.0.2',
    );
    fail(
      41,
      (i) => `user${i}`,
      () => '10.0.0.1',
    );
    expect(refusal('someone', '10.0.0.1')!.status).toBe(429);
  });

  it('forgets the oldest beyond 20,000 keys rather than grow', () => {
    const { refusal, fail } = throttleAt();
    fail(
      10,
      () => 'alice',
      (i) => `10.0.0.${i}`,
    );
    fail(
      10_000,
      (i) => `user${i}`,
      (i) => `${i}`,
    );
    expect(refusal('alice', '10.9.9.9')).toBeNull();
    expect(refusal('user9999', '9999')).toBeNull();
  });
});

describe('networkOf', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:0DB8:0001:0002::9', '2001:db8:1:2'],
    ['2001:db8::1', '2001:db8:0:0'],
    ['2001:db8:1:2:3:4:192.0.2.7', '2001:db8:1:2'],
    ['::1', '0:0:0:0'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
    ['', ''],
  ])('puts %s in %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});
