import { describe, expect, it } from '@jest/globals';
import { ApiError } from './errors.js';
import { followTaskEvents, type TaskEvent } from './task-events.js';

const heartbeat = (at: number) => `data: {"type":"heartbeat","timestamp":"2026-01-01T00:00:0${at}.000Z"}\n\n`;
const stream = (text: string) => new Response(`retry: 1\n\n${text}`);
const secondsOf = (events: readonly TaskEvent[]) => events.map(({ timestamp }) => Number(timestamp.at(-6)));

describe('following the event stream', () => {
  it('goes on behind the last event that was taken in, however often the stream breaks', async () => {
    const stop = new AbortController();
    const asked: (string | null)[] = [];
    let reconnects = 0;
    const answers = [
      stream(`id: a-1\n${heartbeat(1)}id: a-2\n${heartbeat(2)}id: a-3\ndata: {"cut`),
      new Response(null, { status: 503 }),
      stream(heartbeat(3)),
      stream(`id: a-4\n${heartbeat(4)}`),
    ];
    const open = (lastEventId: string | null) => {
      asked.push(lastEventId);
      return Promise.resolve(answers.shift()!);
    };
    const events: TaskEvent[] = [];
    const follow = followTaskEvents(open, { signal: stop.signal, onReconnect: () => (reconnects += 1) });
    for await (const event of follow) {
      events.push(event);
      if (events.length === 4) stop.abort();
    }
    expect(secondsOf(events)).toEqual([1, 2, 3, 4]);
    expect(asked).toEqual([null, 'a-2', 'a-2', 'a-2']);
    expect(reconnects).toBe(2);
  });

  it('ends with the word of a server that refuses it', async () => {
    const problem = { code: 'UNAUTHORIZED', detail: 'A valid access token is required.' };
    const open = () => Promise.resolve(Response.json(problem, { status: 401 }));
    const next = followTaskEvents(open, { signal: new AbortController().signal }).next();
    await expect(next).rejects.toThrow(ApiError);
    await expect(next).rejects.toMatchObject({ status: 401, problem });
  });

  it('passes on what is wrong with what it was told', async () => {
    const open = () => Promise.resolve(stream('data: no JSON\n\n'));
    const next = followTaskEvents(open, { signal: new AbortController().signal }).next();
    await expect(next).rejects.toThrow(SyntaxError);
  });
});
