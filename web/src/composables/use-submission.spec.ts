import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { useSubmission } from './use-submission';

let keys: (string | null)[];
let answers: () => Response | Promise<Response>;

beforeEach(() => {
  keys = [];
  vi.stubGlobal('fetch', (_path: string, init: RequestInit) => {
    keys.push(new Headers(init.headers).get('Idempotency-Key'));
    return Promise.resolve().then(() => answers());
  });
});
afterEach(() => vi.unstubAllGlobals());

const accepted = () => new Response(JSON.stringify({ backtest_id: 'b' }), { status: 202 });
const refused = () =>
  new Response(
    JSON.stringify({ code: 'INVALID', detail: 'no', errors: [{ path: 'symbol', message: 'is unknown' }] }),
    {
      status: 422,
    },
  );

test('sends a form whose answer was lost with the same key again, and starts nothing twice', async () => {
  const { submit, refusal } = useSubmission('/api/backtests/run');
  answers = () => Promise.reject(new TypeError('fetch failed'));
  expect(await submit({ symbol: 'BTC_USDT' })).toBeNull();
  expect(refusal.value).toBe('The server cannot be reached.');

  answers = accepted;
  expect(await submit({ symbol: 'BTC_USDT' })).toEqual({ backtest_id: 'b' });
  expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
  expect(keys[1]).toBe(keys[0]);

  await submit({ symbol: 'BTC_USDT' });
  expect(keys[2]).not.toBe(keys[0]);
});

test('takes another key for another form and for one that was refused', async () => {
  const { submit, problems } = useSubmission('/api/backtests/run');
  answers = refused;
  await submit({ symbol: 'GOLD' });
  expect(problems.value).toEqual({ symbol: 'is unknown' });
  await submit({ symbol: 'GOLD' });
  answers = () => Promise.reject(new TypeError('fetch failed'));
  await submit({ symbol: 'BTC_USDT' });
  await submit({ symbol: 'ETH_USDT' });
  expect(new Set(keys).size).toBe(4);
  expect(problems.value).toEqual({});
});
