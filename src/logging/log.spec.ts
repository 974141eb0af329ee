import { describe, expect, it } from '@jest/globals';
import { DrizzleQueryError } from 'drizzle-orm';
import { Log, type LogOptions } from './log.js';
import { redact } from './redact.js';

const token = `eyJhbGciOiJIUzI1NiJ9.${'a'.repeat(40)}.${'b'.repeat(43)}`;

function logTo(format: LogOptions['format'], level: LogOptions['level'] = 'log') {
  const lines: string[] = [];
  return { lines, log: new Log({ level, format, destination: { write: (line) => void lines.push(line) } }) };
}

describe('the log in JSON', () => {
  it('writes one object a line, with the words that the documents promise', () => {
    const { lines, log } = logTo('json');
    log.log('Started', 'QueueWorker');
    log.log('[ResourceMonitor] Total resources: 8 cores, 16.00 GB RAM');
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      {
        level: 'info',
        time: expect.stringMatching(/Z$/),
        context: 'QueueWorker',
        msg: '[QueueWorker] Started',
      },
      {
        level: 'info',
        time: expect.any(String),
        msg: '[ResourceMonitor] Total resources: 8 cores, 16.00 GB RAM',
      },
    ]);
    expect(lines.every((line) => line.endsWith('}\n'))).toBe(true);
  });

  it('keeps the fields of an entry, and the stack of an error in one of its own', () => {
    const { lines, log } = logTo('json');
    log.log({ message: 'GET /api/tasks 200 3ms', request_id: 'abc', user_id: undefined }, 'Http');
    log.error('broken', 'Error: broken\n    at here', 'Http');
    log.error(new Error('thrown'), 'Http');
    expect(JSON.parse(lines[0]!)).toMatchObject({ msg: '[Http] GET /api/tasks 200 3ms', request_id: 'abc' });
    expect(JSON.parse(lines[0]!)).not.toHaveProperty('user_id');
    expect(JSON.parse(lines[1]!)).toMatchObject({
      level: 'error',
      msg: '[Http] broken',
      stack: 'Error: broken\n    at here',
    });
    expect(JSON.parse(lines[2]!)).toMatchObject({
      msg: '[Http] thrown',
      stack: expect.stringContaining('log.spec'),
    });
  });

  it('writes nothing below its level', () => {
    const { lines, log } = logTo('json', 'warn');
    log.debug('a');
    log.log('b');
    log.warn('c');
    log.error('d');
    expect(lines).toHaveLength(2);
  });

  it('takes secrets out of messages, stacks and fields', () => {
    const { lines, log } = logTo('json');
    log.log({ message: `saw ${token}`, password: 'hush-hush', at: { ticket: 'hush-hush' } }, 'Http');
    log.error(`?token=${token}&x=1`, `Error: Bearer hush-hush`, 'Http');
    expect(lines.join('')).not.toMatch(/hush-hush|eyJ/);
  });
});

describe('a statement that failed', () => {
  const refusal = new Error('duplicate key value violates unique constraint "users_username"');
  const values = ['ana', 'hush-hush', 'two\n    at lines of hush-hush'];
  const failed = new DrizzleQueryError('insert into "users" values ($1, $2, $3)', values, refusal);

  it.each<[string, (log: Log) => void]>([
    ['as an error', (log) => log.error(failed, 'Http')],
    ['as the cause of one', (log) => log.error(new Error('not stored', { cause: failed }), 'Http')],
    ['in a message', (log) => log.error(`The queue could not be read: ${String(failed)}`, 'QueueWorker')],
    ['as a stack', (log) => log.error('not stored', failed.stack, 'Http')],
    ['as a field', (log) => log.warn({ message: 'not stored', error: failed, all: [{ failed }] }, 'Http')],
    ['as a text in a field', (log) => log.warn({ message: 'not stored', why: [String(failed)] }, 'Http')],
  ])('is told %s, without its values', (_, write) => {
    for (const format of ['json', 'text'] as const) {
      const { lines, log } = logTo(format);
      write(log);
      expect(lines.join('')).toContain('insert into');
      expect(lines.join('')).not.toMatch(/hush|ana/);
    }
  });

  it('keeps the place in the code, and why the database refused it', () => {
    const { lines, log } = logTo('json');
    log.error(failed, 'Http');
    const { msg, stack } = JSON.parse(lines[0]!) as { msg: string; stack: string };
    expect(msg).toBe('[Http] Failed query: insert into "users" values ($1, $2, $3) [redacted]');
    expect(stack).toMatch(/^Error: Failed query: .*\[redacted\]\n {4}at .*log\.spec/);
    expect(stack).toMatch(/\nCaused by: Error: duplicate key value violates unique constraint/);
  });
});

describe('the log as text', () => {
  it('writes time, level and message, and further fields behind them', () => {
    const { lines, log } = logTo('text');
    log.log({ message: 'GET /api/tasks 200 3ms', request_id: 'abc' }, 'Http');
    expect(lines[0]).toMatch(
      /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} INFO {2}\[Http\] GET \/api\/tasks 200 3ms request_id=abc\n$/,
    );
  });

  it('lets no message begin a line of its own, nor move the cursor', () => {
    const { lines, log } = logTo('text');
    log.warn({
      message: 'GET /\r\n2026-01-01 00:00:00.000 INFO  [Auth] all is well',
      path: 'a\u2028b\u001b[2J',
    });
    log.error('failed', 'Error: x\r\n2026-01-01 00:00:00.000 INFO  [Auth] all is well\u001b[2J', 'Http');
    const written = lines.join('').split('\n');
    expect(written.filter((line) => /^\d{4}-/.test(line))).toHaveLength(2);
    expect(written.join('')).not.toMatch(/[\p{Cc}\u2028]/u);
  });
});

describe('redaction', () => {
  it.each([
    ['/api/system/task-events?token=abc123&x=1', '/api/system/task-events?token=[redacted]&x=1'],
    ['/x?ticket=abc.123', '/x?ticket=[redacted]'],
    ['Authorization: Bearer abc.def', 'Authorization: Bearer [redacted]'],
    [`nothing but ${token}`, 'nothing but [redacted]'],
    ['{"password":"a \\" b","x":1}', '{"password":"[redacted]","x":1}'],
    ['{"refresh_token": "abc"}', '{"refresh_token": "[redacted]"}'],
    ['postgres://headroom:hush@db:5432/x', 'postgres://headroom:[redacted]@db:5432/x'],
    ['JWT_SECRET=abc ADMIN_PASSWORD=def', 'JWT_SECRET=[redacted] ADMIN_PASSWORD=[redacted]'],
    [
      `8c1f6a52-1111-4222-8333-444444444444.${'A'.repeat(43)}.${'B'.repeat(22)}`,
      '8c1f6a52-1111-4222-8333-444444444444.[redacted]',
    ],
    ['Insufficient RAM: need 0.5GB, available 0.3GB', 'Insufficient RAM: need 0.5GB, available 0.3GB'],
    ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIx.sig.more', '[redacted].more'],
    [`x.${token}, x-${token}`, 'x.[redacted], x-[redacted]'],
    ['eyJhbGciOiJIUzI1NiJ9.claims', '[redacted]'],
    ['heyJude.mp3 and eyJ.x and eyJhbGciOiJIUzI1NiJ9', 'heyJude.mp3 and eyJ.x and eyJhbGciOiJIUzI1NiJ9'],
    ['http://a:b@c and ftp://u:p:q@d://e', 'http://a:[redacted]@c and ftp://u:[redacted]@d://e'],
  ])('of %s', (text, clean) => {
    expect(redact(text)).toBe(clean);
  });

  it.each([
    'a',
    'a.',
    'eyJaaaa-',
    'eyJaaaaaaaaaaa.',
    '-eyJaaaaaaaaaaa',
    '://',
    'a://a:a',
    'a://:',
    ':a',
    'Bearer ',
    'Basic  ',
    '"token":"',
    "'token':",
    '"token": ',
    '"token"',
    String.raw`"token":"\"`,
    'token=',
    'access_',
    '8c1f6a52-1111-4222-8333-444444444444.',
    '8c1f6a52-1111-4222-8333-444444444444.aaaaaaaaaaaaaaaaaaaaaa',
    '8c1f6a52-',
    'Failed query: ',
    '\nparams: ',
    ' ',
  ])('of a megabyte of %j takes no longer than that of any other text', (unit) => {
    const text = unit.repeat(Math.ceil(2 ** 20 / unit.length));
    const measure = () => {
      const startedAt = process.cpuUsage();
      redact(text);
      const { user, system } = process.cpuUsage(startedAt);
      return (user + system) / 1000;
    };
    // The best of a few: the first compiles the patterns, and other threads of this process count too.
    expect(Math.min(...Array.from({ length: 4 }, measure))).toBeLessThan(200);
  });
});
