import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { DrizzleQueryError } from 'drizzle-orm';
import { describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { isDiskFull, isOutage } from './database-errors.js';
import { EngineLostError } from './pglite-engine.js';

const coded = (code: string, message = '') => Object.assign(new Error(message), { code });

describe('an outage', () => {
  test.each([
    ['connection exception', '08006'],
    ['invalid password, when a connection is made anew', '28P01'],
    ['disk full', '53100'],
    ['too many connections', '53300'],
    ['query cancelled by an operator or a limit', '57014'],
    ['administrator shut the server down', '57P01'],
    ['crash of the server', '57P02'],
    ['server starts up', '57P03'],
    ['system error of the server', '58030'],
    ['read-only transaction', '25006'],
    ['idle transaction was ended', '25P03'],
    ['no such database', '3D000'],
    ['serialization failure', '40001'],
    ['deadlock', '40P01'],
    ['refused', 'ECONNREFUSED'],
    ['reset', 'ECONNRESET'],
    ['broken pipe', 'EPIPE'],
    ['timed out', 'ETIMEDOUT'],
    ['name without address', 'ENOTFOUND'],
    ['name server away', 'EAI_AGAIN'],
    ['host unreachable', 'EHOSTUNREACH'],
    ['network unreachable', 'ENETUNREACH'],
  ])('is: %s (%s)', (_, code) => {
    expect(isOutage(coded(code))).toBe(true);
    expect(isOutage(new DrizzleQueryError('select 1', [], coded(code)))).toBe(true);
    expect(isOutage(new Error('outer', { cause: new Error('inner', { cause: coded(code) }) }))).toBe(true);
    expect(isOutage(new AggregateError([new Error('one'), coded(code)]))).toBe(true);
  });

  test.each([
    ['text that the encoding does not have', '22021'],
    ['NUL in JSON', '22P05'],
    ['number out of range', '22003'],
    ['unique violation', '23505'],
    ['foreign key violation', '23503'],
    ['failed transaction', '25P02'],
    ['syntax error', '42601'],
    ['no such table', '42P01'],
    ['program limit exceeded', '54000'],
    ['internal error', 'XX000'],
    ['no such file', 'ENOENT'],
    ['a code of a task', 'TASK_FAILED'],
  ])('is not: %s (%s)', (_, code) => {
    expect(isOutage(coded(code))).toBe(false);
    expect(isOutage(new DrizzleQueryError('select 1', [], coded(code)))).toBe(false);
  });

  test('is an embedded engine that was lost, for whatever reason', () => {
    expect(isOutage(new Error('', { cause: new EngineLostError('gone', 'XX001') }))).toBe(true);
  });

  test('is an error that ends the session', () => {
    expect(isOutage(Object.assign(coded('XX000'), { severity: 'FATAL' }))).toBe(true);
    expect(isOutage(Object.assign(coded('XX000'), { severity: 'ERROR' }))).toBe(false);
  });

  test('is no other thing, and an endless chain of causes ends', () => {
    for (const thing of [null, undefined, 'ECONNREFUSED', {}, new Error('Connection refused')]) {
      expect(isOutage(thing)).toBe(false);
    }
    const error = new Error('around');
    error.cause = error;
    expect(isOutage(error)).toBe(false);
  });

  test('is what the driver says when the server closes a connection', async () => {
    const server = createServer((socket) => socket.once('data', () => socket.destroy())).listen(
      0,
      '127.0.0.1',
    );
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const client = new pg.Client({ host: '127.0.0.1', port, user: 'u', database: 'd' });
    const error: unknown = await client.connect().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Error);
    expect(isOutage(error)).toBe(true);
    await new Promise((resolve) => server.close(resolve));
    const refused = new pg.Pool({ host: '127.0.0.1', port, user: 'u', database: 'd' });
    expect(isOutage(await refused.query('select 1').catch((reason: unknown) => reason))).toBe(true);
    await refused.end();
    expect(isOutage(await refused.query('select 1').catch((reason: unknown) => reason))).toBe(true);
  });
});

test.each(['ENOSPC', 'EDQUOT', '53100'])('%s says that a disk is full', (code) => {
  expect(isDiskFull(new Error('', { cause: coded(code) }))).toBe(true);
  expect(isDiskFull(coded('53200'))).toBe(false);
});
