import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import express from 'express';
import { servePage } from './page.js';

let folder: string;
let server: Server;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'headroom-page-'));
});
afterEach(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

function build(): void {
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), '<title>the page</title>');
  writeFileSync(join(folder, 'icon.svg'), '<svg/>');
  writeFileSync(join(folder, 'assets', 'main-1a2b.js'), 'run()');
  writeFileSync(join(folder, 'assets', 'main-1a2b.js.gz'), gzipSync('run()'));
}

/** Asks an application that has the page, and after it one route that answers all else. */
async function get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Response> {
  const app = express().use(servePage(folder));
  app.use((request, response) => void response.status(404).send(`the API at ${request.path}`));
  server = createServer(app).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  return fetch(`http://127.0.0.1:${port}${path}`, { method, headers: { Accept: 'text/html', ...headers } });
}

describe('a page that is built', () => {
  beforeEach(build);

  test.each(['/', '/backtests', '/backtests/7e9451d4', '/apiary'])(
    'is answered at %s and not cached',
    async (path) => {
      const response = await get(path);
      expect(response.status).toBe(200);
      expect(await response.text()).toContain('the page');
      expect(response.headers.get('cache-control')).toBe('no-cache');
    },
  );

  test.each([
    '/api',
    '/api/nothing',
    '/API/nothing',
    '/metrics',
    '/assets/gone.js',
    '/else/main-1a2b.js',
    '/favicon.ico',
  ])('is not answered at %s', async (path) => {
    const response = await get(path);
    expect(response.status).toBe(404);
    expect(await response.text()).toBe(`the API at ${path}`);
  });

  test('is no answer to a program that wants JSON, or to a POST', async () => {
    expect((await get('/backtests', { Accept: 'application/json' })).status).toBe(404);
    server.close();
    expect((await get('/backtests', {}, 'POST')).status).toBe(404);
  });

  test('has its hashed files cached for good, and compressed for who takes that', async () => {
    const packed = await get('/assets/main-1a2b.js', { 'Accept-Encoding': 'gzip' });
    expect(await packed.text()).toBe('run()');
    expect(packed.headers.get('content-encoding')).toBe('gzip');
    expect(packed.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(packed.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    server.close();
    const plain = await get('/assets/main-1a2b.js', { 'Accept-Encoding': 'identity' });
    expect(await plain.text()).toBe('run()');
    expect(plain.headers.get('content-encoding')).toBeNull();
  });
});

test('without a build everything is left to the API', async () => {
  const response = await get('/');
  expect(response.status).toBe(404);
  expect(await response.text()).toBe('the API at /');
});
