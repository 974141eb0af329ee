import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { writeResultText } from '@app/tasks-sdk';
import { fileOfTraining, readModelText } from './model-file.js';

const id = '0f1c3e57-8f0e-4b1d-9d6a-6a2f3c1b7e10';
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'headroom-model-file-'));
  for (const attempt of [1, 2, 10]) {
    writeResultText(join(folder, 'results', `${id}.${attempt}.model.json.gz`), `attempt ${attempt}`);
  }
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

it('reads the file that is named', () => {
  expect(readModelText(folder, `${id}.2.model.json.gz`)).toBe('attempt 2');
});

it('reads what the newest attempt of a training has left', () => {
  expect(readModelText(folder, fileOfTraining(id))).toBe('attempt 10');
});

it.each([`${id}.3.model.json.gz`, fileOfTraining('b7a3d0c2-5a41-4f0c-8a3e-2f9be1c4d8a6')])(
  'names a model that is gone: %s',
  (file) => {
    expect(() => readModelText(folder, file)).toThrow(expect.objectContaining({ code: 'MODEL_MISSING' }));
  },
);
