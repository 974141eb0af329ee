import 'reflect-metadata';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { OpenApiDocument } from '../src/openapi/open-api-types.js';
import { serverDocument } from '../src/server-document.js';

const script = join(import.meta.dirname, '..', 'scripts', 'client.mjs');
const folder = mkdtempSync(join(tmpdir(), 'headroom-client-'));
let document: OpenApiDocument;
beforeAll(async () => {
  document = await serverDocument();
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Compares the client's types with those of a document. */
function check(asked: OpenApiDocument) {
  const file = join(folder, 'openapi.json');
  writeFileSync(file, JSON.stringify(asked));
  return spawnSync(process.execPath, [script, '--check', '--document', file], { encoding: 'utf8' });
}

it('the types of the client are those of the OpenAPI document', () => {
  expect(check(document)).toMatchObject({ status: 0, stderr: '' });
});

it('a change of the document is noticed', () => {
  const changed = structuredClone(document);
  changed.components.schemas.TokenPair = { type: 'object', properties: {} };
  expect(check(changed)).toMatchObject({ status: 1, stderr: expect.stringContaining('npm run client') });
});
