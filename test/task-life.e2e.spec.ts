import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readResultTextSync } from '@app/tasks-sdk';
import { Database } from '../src/database/database.js';
import { openPgliteEngine } from '../src/database/pglite-engine.js';
import { readShards } from '../src/queue/storage/shard-store.js';
import { Server, type Client } from './harness/server.js';
import { waitFor } from '../tools/test-kit/index.js';

/** What a shard of the plug-in writes: its index and the process that wrote it. */
interface Note {
  readonly shard: number;
  readonly pid: number;
}

const plugin = join(import.meta.dirname, 'plugins', 'misbehaviour.mjs');

describe('the life of a task', () => {
  let server: Server;
  let user: Client;
  beforeAll(async () => {
    server = await Server.start({ HEADROOM_PLUGINS: plugin });
    user = await server.user('ana');
  });
  afterAll(() => server.remove());

  async function post(order: object): Promise<string> {
    const answer = await user.post('/api/misbehaviour', order);
    if (answer.status !== 202) throw new Error(answer.text);
    return answer.body.task_id as string;
  }
  const running = (taskId: string) =>
    waitFor(async () => (await user.get(`/api/tasks/${taskId}`)).body.status === 'running');
  const left = (taskId: string) =>
    readdirSync(join(server.dataDir, 'results')).filter((name) => name.startsWith(taskId));

  /** Read from the store of a server that has ended. */
  async function storedShards(taskId: string) {
    const database = await Database.embedded(await openPgliteEngine(join(server.dataDir, 'database')));
    try {
      return await readShards(database.queries, taskId);
    } finally {
      await database.close();
    }
  }

  test('waits for the task that it runs after, and then runs', async () => {
    const admin = await server.admin();
    await admin.post('/api/system/queue/pause');
    const first = await post({ how: 'sleep' });
    const second = await post({ how: 'sleep', run_after: first });
    expect((await user.get(`/api/tasks/${second}`)).body).toMatchObject({
      status: 'queued',
      run_after: first,
      wait_reason: `Waits for task ${first} to complete`,
    });
    await admin.post('/api/system/queue/resume');
    const ended = await user.ended(second);
    expect(ended.status).toBe('completed');
    const { body } = await user.get(`/api/tasks/${first}`);
    expect(Date.parse(ended.started_at)).toBeGreaterThanOrEqual(Date.parse(body.completed_at));
  });

  test('ends with the task that it runs after, and can be retried only after that one', async () => {
    const first = await post({ how: 'sleep', seconds: 600 });
    const second = await post({ how: 'sleep', run_after: first });
    await running(first);
    await user.post(`/api/tasks/${first}/cancel`);
    expect(await user.ended(second)).toMatchObject({
      status: 'failed',
      error: { code: 'DEPENDENCY_FAILED' },
    });
    const refused = await user.post(`/api/tasks/${second}/retry`);
    expect([refused.status, refused.body.code]).toEqual([422, 'DEPENDENCY_FAILED']);
    const late = await user.post('/api/misbehaviour', { how: 'sleep', run_after: first });
    expect([late.status, late.body.code]).toEqual([422, 'DEPENDENCY_FAILED']);
    const stranger = await server.user('eve');
    const foreign = await stranger.post('/api/misbehaviour', { how: 'sleep', run_after: first });
    const absent = await stranger.post('/api/misbehaviour', { how: 'sleep', run_after: 'nothing' });
    expect(foreign.body.detail.replace(first, '')).toBe(absent.body.detail.replace('nothing', ''));
  });

  test('that was lost while it ran after another one runs again, and waits for that one no more', async () => {
    const first = await post({ how: 'sleep' });
    await user.ended(first);
    const killed = await post({ how: 'be killed', run_after: first });
    expect(await user.ended(killed)).toMatchObject({
      status: 'failed',
      attempt: 3,
      error: { code: 'OUT_OF_MEMORY' },
    });
    const second = await post({ how: 'sleep', seconds: 600, run_after: first });
    await running(second);
    await server.signal('SIGKILL');
    await server.start();
    user = await server.signIn('ana', 'ana-has-a-long-password');
    await running(second);
    expect((await user.get(`/api/tasks/${second}`)).body).toMatchObject({ attempt: 2 });
    await user.post(`/api/tasks/${second}/cancel`);
    expect(await user.ended(second)).toMatchObject({ status: 'cancelled' });
  });

  test('sharded: the shards run side by side, and their results are reduced', async () => {
    const events = await user.events();
    const taskId = await post({ how: 'sharded', seconds: 1, shards: 12 });
    expect(await user.ended(taskId)).toMatchObject({ status: 'completed', progress: 1 });
    const file = left(taskId).find((name) => name.endsWith('.gz'));
    const notes = JSON.parse(readResultTextSync(join(server.dataDir, 'results', file!)));
    expect(notes.map(({ shard }: { shard: number }) => shard)).toEqual(
      Array.from({ length: 12 }, (_, i) => i),
    );
    expect(new Set(notes.map(({ pid }: { pid: number }) => pid)).size).toBe(12);
    await waitFor(() => left(taskId).length === 1);
    const words = events.events.flatMap(({ message }) =>
      message.type === 'task_description_update' ? [message.data.progress] : [],
    );
    expect(words).toEqual([...words].sort((a, b) => a - b));
    const runs = events.events.filter(({ message }) => message.type === 'task_running');
    expect(runs.map(({ message }) => message.data.task_id)).toEqual([taskId]);
    events.close();
  });

  test('sharded and cancelled: keeps the shards that are done', async () => {
    const taskId = await post({ how: 'sharded', seconds: 1, shards: 400 });
    await waitFor(async () => {
      const { body } = await user.get(`/api/tasks/${taskId}`);
      return body.progress > 0.01;
    });
    await user.post(`/api/tasks/${taskId}/cancel`);
    expect(await user.ended(taskId)).toMatchObject({ status: 'cancelled' });
    // The shards stay for a retry.
    await waitFor(() => left(taskId).length === 2);
    expect(left(taskId).sort()).toEqual([`${taskId}.1.json.gz`, `${taskId}.parts`]);
    const notes = JSON.parse(readResultTextSync(join(server.dataDir, 'results', `${taskId}.1.json.gz`)));
    const done = notes.filter((note: unknown) => note !== null);
    expect(done.length).toBeGreaterThan(0);
    expect(done.length).toBeLessThan(400);
  });

  test('sharded: what was done before a crash is not done again', async () => {
    const taskId = await post({ how: 'sharded', seconds: 1, shards: 30 });
    const folder = join(server.dataDir, 'results', `${taskId}.parts`);
    const filesOf = () => (existsSync(folder) ? readdirSync(folder) : []);
    await waitFor(() => filesOf().filter((name) => name.endsWith('.json.gz')).length >= 5);
    await server.signal('SIGKILL');
    // What counts is stored: a file may be there whose shard's end is not.
    const stored = await storedShards(taskId);
    const done = stored.filter(({ status }) => status === 'completed');
    expect(done.length).toBeGreaterThan(0);
    const before = done.map(({ result }) => JSON.parse(readResultTextSync(join(folder, result!))) as Note);
    await server.start();
    user = await server.signIn('ana', 'ana-has-a-long-password');
    expect(await user.ended(taskId)).toMatchObject({ status: 'completed', attempt: 2 });
    const file = left(taskId).find((name) => name.endsWith('.gz'));
    const notes: Note[] = JSON.parse(readResultTextSync(join(server.dataDir, 'results', file!)));
    expect(notes.filter(({ shard }) => before.some((note) => note.shard === shard))).toEqual(before);
  });
});
