import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { waitFor } from '../tools/test-kit/index.js';
import { Server, type Client } from './harness/server.js';

/** What a shard of the plug-in writes: its index and the process that wrote it. */
interface Note {
  readonly shard: number;
  readonly pid: number;
}

const shards = 6;

describe('a retry of a sharded task', () => {
  let server: Server;
  let user: Client;
  beforeAll(async () => {
    server = await Server.start({
      HEADROOM_PLUGINS: join(import.meta.dirname, 'plugins', 'misbehaviour.mjs'),
      // Few shards run at a time, so that some are done while others wait.
      HEADROOM_CPU_CORES: '3',
    });
    user = await server.user('ana');
  });
  afterAll(() => server.remove());

  const results = () => join(server.dataDir, 'results');
  const folderOf = (taskId: string) => join(results(), `${taskId}.parts`);
  const read = (path: string): unknown => JSON.parse(gunzipSync(readFileSync(path)).toString());

  function notesOf(taskId: string): Note[] {
    if (!existsSync(folderOf(taskId))) return [];
    const names = readdirSync(folderOf(taskId)).filter((name) => name.endsWith('.json.gz'));
    return names.map((name) => read(join(folderOf(taskId), name)) as Note);
  }

  /** The processes of a task, by the mark in their environment. */
  function processesOf(taskId: string): number[] {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .filter((pid) => {
        try {
          return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`HEADROOM_TASK=${taskId}.`);
        } catch {
          return false;
        }
      })
      .map(Number);
  }

  test.each<[string, (taskId: string) => Promise<unknown>]>([
    ['cancelled', async (taskId) => user.post(`/api/tasks/${taskId}/cancel`)],
    [
      'failed',
      async (taskId) => {
        const [pid] = await waitFor(() => {
          const pids = processesOf(taskId);
          return pids.length > 0 ? pids : null;
        });
        process.kill(pid!, 'SIGTERM');
      },
    ],
  ])('that has %s computes only the shards that were not done', async (status, end) => {
    const { body } = await user.post('/api/misbehaviour', { how: 'sharded', shards: shards, seconds: 3 });
    const taskId = body.task_id as string;
    await waitFor(() => notesOf(taskId).length >= 2);
    await end(taskId);
    expect(await user.ended(taskId)).toMatchObject({ status, attempt: 1 });
    const kept = await waitFor(() => {
      const notes = notesOf(taskId);
      return notes.length >= 2 && notes.length < shards ? notes : null;
    });

    expect((await user.post(`/api/tasks/${taskId}/retry`)).status).toBe(202);
    expect(await user.ended(taskId)).toMatchObject({ status: 'completed', attempt: 2 });
    const notes = read(join(results(), `${taskId}.2.json.gz`)) as Note[];
    expect(notes.map(({ shard }) => shard)).toEqual(Array.from({ length: shards }, (_, index) => index));
    const again = notes.filter(({ shard, pid }) =>
      kept.some((note) => note.shard === shard && note.pid === pid),
    );
    expect(again).toHaveLength(kept.length);
    expect(new Set(notes.map(({ pid }) => pid)).size).toBe(shards);
    await waitFor(() => !existsSync(folderOf(taskId)));
  });
});
