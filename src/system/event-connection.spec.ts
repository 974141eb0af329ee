import { EventEmitter } from 'node:events';
import { describe, expect, test } from '@jest/globals';
import { EventParser } from '@app/client';
import type { Response } from 'express';
import type { CurrentUser } from '../http/current-user.decorator.js';
import { Batch, frameOf, type OutboundMessage } from './outbound-message.js';
import { EventConnection } from './event-connection.js';

const viewer = { userId: 'alice', isAdmin: false } as CurrentUser;

/** A response that takes what it is given, or holds it all back until `drain()`. */
class FakeResponse extends EventEmitter {
  readonly socket = null;
  readonly chunkedEncoding = false;
  readonly req = { socket: Object.assign(new EventEmitter(), { destroy: () => (this.isDestroyed = true) }) };
  isDestroyed = false;
  isFull = false;
  writableLength = 0;
  written: string[] = [];

  write(bytes: Buffer): boolean {
    this.written.push(bytes.toString());
    if (this.isFull) this.writableLength += bytes.length;
    return !this.isFull;
  }

  drain(): void {
    this.writableLength = 0;
    this.emit('drain');
  }

  end(): void {
    this.written.push('END');
  }
}

let sequence = 0;
function event(text: string, subject: string | null = null): OutboundMessage {
  sequence += 1;
  const frame = frameOf(`e-${sequence}`, text);
  return { sequence, subject, frameFor: () => frame };
}

const dataOf = (texts: readonly string[]) =>
  texts.flatMap((text) => new EventParser().push(Buffer.from(text)).map(({ data }) => data));

function connect() {
  const response = new FakeResponse();
  const connection = new EventConnection(viewer, response as unknown as Response);
  const tell = (...broadcasts: OutboundMessage[]) => connection.sendBatch(new Batch(broadcasts));
  return { response, connection, tell };
}

describe('one connection of the event stream', () => {
  test('writes a batch in one piece, and the same bytes to all who see the same', () => {
    const batch = new Batch([event('one'), event('two')]);
    const writes = [connect(), connect()].map(({ response, connection }) => {
      connection.goLive(0);
      connection.sendBatch(batch);
      return response.written;
    });
    expect(writes[0]).toHaveLength(1);
    expect(dataOf(writes[0]!)).toEqual(['one', 'two']);
    expect(batch.chunkFor(viewer)).toBe(batch.chunkFor({ ...viewer }));
  });

  test('frames a chunk with its length in bytes, not in characters', () => {
    const { framed, bytes } = new Batch([event('👩🏽‍🚀')]).chunkFor(viewer)!;
    expect(framed.toString()).toBe(`${bytes.length.toString(16)}\r\n${bytes.toString()}\r\n`);
    expect(new Batch([{ sequence: 1, subject: null, frameFor: () => null }]).chunkFor(viewer)).toBeNull();
  });

  test('holds back what happens while the client catches up, and drops what it has then', async () => {
    const { response, connection, tell } = connect();
    const [before, after] = [event('before'), event('after')];
    tell(before, after);
    await connection.sendInitial(Buffer.from('data: state\n\n'));
    connection.goLive(before.sequence!);
    expect(dataOf(response.written)).toEqual(['state', 'after']);
  });

  test('sends a client that is behind each change of state and the last word of progress', () => {
    const { response, connection, tell } = connect();
    connection.goLive(0);
    response.isFull = true;
    tell(event('filler'));
    tell(event('queued a'), event('a 10 %', 'a'), event('b 50 %', 'b'));
    tell(event('a 20 %', 'a'), event('completed b'), event('a 30 %', 'a'));
    expect(dataOf(response.written)).toEqual(['filler']);
    response.isFull = false;
    response.drain();
    expect(dataOf(response.written)).toEqual(['filler', 'queued a', 'b 50 %', 'completed b', 'a 30 %']);
    tell(event('a 40 %', 'a'), event('a 50 %', 'a'));
    expect(dataOf(response.written.slice(2))).toEqual(['a 40 %', 'a 50 %']);
  });

  test('cuts a client off that is more than 256 KiB behind, and not before', () => {
    const { response, connection, tell } = connect();
    connection.goLive(0);
    response.isFull = true;
    const big = 'x'.repeat(64 * 1024 - 100);
    for (let n = 0; n < 4; n += 1) tell(event(big));
    expect(response.isDestroyed).toBe(false);
    for (let n = 0; n < 100; n += 1) tell(event('progress', 'a'));
    expect(response.isDestroyed).toBe(false);
    tell(event(big));
    expect(response.isDestroyed).toBe(true);
    expect(connection.isOver).toBe(true);
  });

  test('finds a client stuck that has not drained for 10 s, and one that drains in time never', () => {
    const { response, connection, tell } = connect();
    connection.goLive(0);
    expect(connection.isStuck(0)).toBe(false);
    response.isFull = true;
    tell(event('filler'));
    expect([0, 9999].map((nowMs) => connection.isStuck(nowMs))).toEqual([false, false]);
    tell(event('more'));
    response.drain();
    expect([10_000, 19_999, 20_000].map((nowMs) => connection.isStuck(nowMs))).toEqual([false, false, true]);
  });

  test('sends a long beginning in pieces, as fast as the client drains', async () => {
    const { response, connection } = connect();
    response.isFull = true;
    const sending = connection.sendInitial(Buffer.alloc(150 * 1024, 'x'));
    const sizes = () => response.written.map((text) => text.length);
    expect(sizes()).toEqual([65_536]);
    response.drain();
    await Promise.resolve();
    await new Promise(setImmediate);
    expect(sizes()).toEqual([65_536, 65_536]);
    response.drain();
    await new Promise(setImmediate);
    response.drain();
    await sending;
    expect(sizes()).toEqual([65_536, 65_536, 22_528]);
  });

  test('writes nothing after the end, of what waits for the client and of what comes, and ends once', () => {
    const { response, connection, tell } = connect();
    connection.goLive(0);
    response.isFull = true;
    tell(event('filler'));
    tell(event('waits'));
    connection.end();
    tell(event('comes'));
    response.isFull = false;
    response.drain();
    tell(event('comes later'));
    connection.end();
    response.req.socket.emit('close');
    expect(dataOf(response.written)).toEqual(['filler']);
    expect(response.written.slice(1)).toEqual(['END']);
  });

  test('writes nothing to a client that is gone', () => {
    const { response, connection, tell } = connect();
    connection.goLive(0);
    connection.close();
    tell(event('late'));
    connection.goLive(0);
    expect(response.written).toEqual([]);
  });
});
