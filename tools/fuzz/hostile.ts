import type { SeededRandom } from '../test-kit/index.js';

/** JSON that `JSON.stringify` cannot write stands as such a word until the text is made. */
const rawNumbers = ['1e309', '-1e309', '1e400', '-0', '1E+2', '0.1e-400'];
const marked = (raw: string) => `@raw:${raw}@`;

/** A body as text, with numbers in it that no JavaScript value stands for. */
export function jsonText(body: unknown): string {
  return JSON.stringify(body).replace(/"@raw:([^@"]*)@"/g, '$1');
}

const texts = [
  '',
  ' ',
  'null',
  'NaN',
  'true',
  '0',
  '\u0000',
  'a\u0000b',
  '\ud800',
  '\u202etxt.exe',
  '𝕏 and 👩‍👩‍👧‍👦',
  'line\r\nX-Injected: yes',
  '../../../../etc/passwd',
  '..\\..\\windows',
  'file:///etc/passwd',
  "' OR 1=1 --",
  '"; DROP TABLE users; --',
  '$1',
  '%s%s%n',
  '${7*7}{{7*7}}',
  '<script>alert(1)</script>',
  '=1+1',
  '@SUM(1)',
  '__proto__',
  'constructor',
  'toString',
  '0000-00-00',
  '2024-02-30',
  '9999-12-31',
  '-000001-01-01',
  '2024-01-01T25:61:61Z',
  '2024-01-01T00:00:00+99:99',
  '00000000-0000-0000-0000-000000000000',
];
const numbers = [0, -1, 1, 0.5, -0.5, 1e-300, 1e300, 2 ** 31, 2 ** 53, -(2 ** 63), 0.1 + 0.2, 4_000_000_000];

/** Text that a careless server trips over. */
export function hostileText(random: SeededRandom): string {
  if (random.chance(0.15)) return random.pick(['x', '(', 'é', '\n']).repeat(random.pick([200, 10_000]));
  return random.pick(texts);
}

/** Any JSON value, rarely a sensible one. */
export function hostileValue(random: SeededRandom, depth = 0): unknown {
  switch (random.integer(0, depth > 3 ? 4 : 8)) {
    case 0:
      return null;
    case 1:
      return random.chance(0.5);
    case 2:
      return random.pick(numbers);
    case 3:
      return hostileText(random);
    case 4:
      return marked(random.pick(rawNumbers));
    case 5:
      return Array.from({ length: random.pick([0, 1, 3, 3000]) }, () => random.integer(0, 9));
    case 6:
      return nested(random.pick([5, 31, 40, 2000]));
    case 7:
      return Object.fromEntries([[random.pick(texts), hostileValue(random, depth + 1)]]);
    default:
      return JSON.parse(
        random.pick(['{"__proto__":{"admin":true}}', '{"constructor":{"prototype":{"a":1}}}']),
      );
  }
}

function nested(levels: number): unknown {
  let value: unknown = 1;
  for (let i = 0; i < levels; i += 1) value = i % 2 === 0 ? [value] : { a: value };
  return value;
}

/** Bodies that are not what they say they are, with their media types. */
export function hostileBody(random: SeededRandom): { text: string; type: string } {
  const text = random.pick([
    '',
    '{',
    '{"a":1,}',
    '[]',
    'null',
    '"text"',
    '1e309',
    '{"a":1}{"b":2}',
    '\ufeff{}',
    '{"username":"a","username":"b"}',
    '['.repeat(40_000),
    `{"a":"${'x'.repeat(300_000)}"}`,
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
    'a=1&b=2',
    '\u0001\u0002\u0003',
  ]);
  const type = random.chance(0.6)
    ? 'application/json'
    : random.pick([
        'text/plain',
        'application/xml',
        'application/x-www-form-urlencoded',
        'multipart/form-data; boundary=x',
        'application/json; charset=utf-7',
        'application/octet-stream',
        'text/csv',
        'nonsense',
      ]);
  return { text, type };
}
