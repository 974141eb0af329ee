import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import express, { type Express } from 'express';
import { readConfig } from '../../config/config.js';
import { BoundedExpressAdapter } from '../../http/bounded-adapter.js';
import type { HttpProblem } from '../../problems/http-problem.js';
import { extendRequestTimeout } from '../../http/request-timeout.js';
import { uploadPath } from './import-folder.js';
import { Uploads } from './uploads.service.js';

/** A connection that sends what it is told to, and keeps all that comes back. */
class Line {
  text = '';
  readonly closed: Promise<unknown>;
  readonly #socket;

  constructor(port: number) {
    this.#socket = connect(port, '127.0.0.1');
    this.#socket.on('data', (data) => (this.text += data.toString()));
    this.#socket.on('error', () => undefined);
    this.closed = once(this.#socket, 'close');
  }

  /** Announces so many bytes and sends the first of them. */
  begin(path: string, length: number, first: string): this {
    this.send(
      `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n${first}`,
    );
    return this;
  }

  send(text: string): void {
    this.#socket.write(text);
  }

  async until(wanted: RegExp): Promise<void> {
    while (!wanted.test(this.text)) await Promise.race([once(this.#socket, 'data'), this.closed]);
  }

  end(): void {
    this.#socket.destroy();
  }
}

describe('an upload that comes slowly', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'headroom-uploads-'));
  const uploads = new Uploads(readConfig({ HEADROOM_DATA_DIR: dataDir }));
  let server: Server;
  let port: number;
  const receptions: Promise<unknown>[] = [];

  beforeAll(async () => {
    const adapter = new BoundedExpressAdapter({
      headersTimeoutMs: 500,
      requestTimeoutMs: 1000,
      checkIntervalMs: 100,
    });
    adapter.initHttpServer();
    const app = adapter.getInstance<Express>();
    app.post('/upload', async (request, response) => {
      const received = uploads
        .receive(request, 'ana', 'task')
        .catch((error: unknown) => ({ refused: (error as HttpProblem).code }));
      receptions.push(received);
      response.json(await received);
    });
    app.post('/within-a-moment', async (request) => {
      await extendRequestTimeout(request, () => once(request, 'end'), 1);
    });
    app.post('/other', express.json(), (_request, response) => response.json('arrived'));
    server = (adapter.getHttpServer() as Server).listen(0, '127.0.0.1');
    await once(server, 'listening');
    ({ port } = server.address() as AddressInfo);
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
    rmSync(dataDir, { recursive: true });
  });

  it('is waited for beyond the limit of all other requests, which are cut meanwhile and after it', async () => {
    const file = 'time,open\n2024-01-01,1\n';
    const upload = new Line(port).begin('/upload', file.length, file.slice(0, 9));
    const other = new Line(port).begin('/other', 10, '{"a');
    const third = new Line(port).begin('/other', 10, '');
    // Begun after the upload, and late already: so is the upload.
    await Promise.all([other.closed, third.closed]);
    for (const { text } of [other, third]) expect(text).toMatch(/^HTTP\/1\.1 408 [^]*REQUEST_TIMEOUT/);
    expect(upload.text).toBe('');

    upload.send(file.slice(9));
    await upload.until(/\}$/);
    const hash = createHash('sha256').update(file).digest('base64');
    expect(upload.text).toMatch(/^HTTP\/1\.1 200 /);
    expect(upload.text).toContain(JSON.stringify({ bytes: file.length, hash }));
    expect(readFileSync(uploadPath(dataDir, 'task'), 'utf8')).toBe(file);
    await uploads.remove('task');

    // The same connection, no longer an upload's.
    upload.begin('/other', 10, '{"a');
    await upload.closed;
    expect(upload.text).toMatch(/HTTP\/1\.1 408 /);
  });

  it('is not waited for without end', async () => {
    const line = new Line(port).begin('/within-a-moment', 10, 'a');
    await line.closed;
    expect(line.text).toMatch(/^HTTP\/1\.1 408 [^]*REQUEST_TIMEOUT/);
  });

  it('that breaks off leaves no file behind', async () => {
    const before = receptions.length;
    const line = new Line(port).begin('/upload', 10, 'a');
    while (receptions.length === before) await delay(10);
    line.end();
    expect(await receptions.at(-1)).toEqual({ refused: 'BODY_INCOMPLETE' });
    expect(existsSync(uploadPath(dataDir, 'task'))).toBe(false);
  });
});
