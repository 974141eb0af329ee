import { describe, expect, it } from '@jest/globals';
import { readEvents, type ServerSentEvent } from './server-sent-events.js';

async function eventsIn(...chunks: (string | Uint8Array)[]): Promise<ServerSentEvent[]> {
  const events: ServerSentEvent[] = [];
  for await (const event of readEvents(bytesOf(chunks))) events.push(event);
  return events;
}

async function* bytesOf(chunks: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  for (const chunk of chunks) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
}

describe('readEvents', () => {
  it('reads the retry time, then ids and data, as the server sends them', async () => {
    expect(await eventsIn('retry: 3000\n\nid: a-7\ndata: {"type":"heartbeat"}\n\n')).toEqual([
      { id: null, retryMs: 3000, data: null },
      { id: 'a-7', retryMs: null, data: '{"type":"heartbeat"}' },
    ]);
  });

  it('reads the same events however the bytes are cut, inside a character too', async () => {
    const bytes = Buffer.from('id: a-1\r\ndata: 📊 day 1\r\n\r\ndata: x\n\n');
    const whole = await eventsIn(bytes);
    expect(whole.map(({ data }) => data)).toEqual(['📊 day 1', 'x']);
    for (let cut = 1; cut < bytes.length; cut += 1) {
      expect(await eventsIn(bytes.subarray(0, cut), bytes.subarray(cut))).toEqual(whole);
    }
  });

  it('joins data lines, skips comments and strips one space after the colon', async () => {
    expect(await eventsIn(': ping\n\ndata:  two\ndata:three\n\n')).toEqual([
      { id: null, retryMs: null, data: null },
      { id: null, retryMs: null, data: ' two\nthree' },
    ]);
  });

  it('tells nothing of an event that the end of the stream cuts off', async () => {
    expect(await eventsIn('data: whole\n\ndata: half\n')).toHaveLength(1);
  });
});
