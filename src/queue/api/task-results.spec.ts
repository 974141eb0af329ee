import { mkdirSync, mkdtempSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Task as TaskView } from '@app/contracts';
import { writeResult } from '@app/tasks-sdk';
import { readConfig } from '../../config/config.js';
import { TaskHandlers } from '../domain/task-handlers.js';
import { handlerOf } from '../execution/execution.fixture.js';
import { TaskResults } from './task-results.js';

describe('the results of tasks', () => {
  let folder: string;
  let results: TaskResults;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'headroom-results-'));
    const handlers = new TaskHandlers();
    handlers.register(handlerOf({ type: 'backtest' }));
    handlers.register(handlerOf({ type: 'model_training', resultExtension: '.model.json.gz' }));
    results = new TaskResults(readConfig({ HEADROOM_DATA_DIR: folder }), handlers);
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const view = (fields: Partial<TaskView>): TaskView => {
    return { task_id: 't', task_type: 'backtest', attempt: 2, ...fields } as TaskView;
  };

  test('are named by the attempt, and end as the handler of their type says', () => {
    expect(results.resultPath(view({}))).toBe(join(folder, 'results', 't.2.json.gz'));
    expect(results.resultPath(view({ task_type: 'model_training' }))).toBe(
      join(folder, 'results', 't.2.model.json.gz'),
    );
    expect(results.resultPath(view({ task_type: 'of_a_removed_plugin' }))).toBe(
      join(folder, 'results', 't.2.json.gz'),
    );
    expect(results.fileOfCopy('t')).toBe('t.0.json.gz');
  });

  test('are read as text', async () => {
    writeResult(results.resultPath(view({})), { equity: [1, 2] });
    expect(await results.exists(view({}))).toBe(true);
    expect(await results.read(view({}))).toBe('{"equity":[1,2]}');
    expect(await results.readFile('t.2.json.gz')).toBe('{"equity":[1,2]}');
  });

  test('that are missing or damaged are problems with their own codes', async () => {
    await expect(results.read(view({}))).rejects.toMatchObject({ status: 500, code: 'RESULT_MISSING' });
    const path = results.resultPath(view({}));
    writeResult(
      path,
      Array.from({ length: 1000 }, (_, n) => n),
    );
    truncateSync(path, 100);
    await expect(results.read(view({}))).rejects.toMatchObject({ status: 500, code: 'RESULT_UNREADABLE' });
  });

  test('keep an error of the file system that is neither', async () => {
    const path = results.resultPath(view({}));
    mkdirSync(dirname(path), { recursive: true });
    mkdirSync(path);
    await expect(results.read(view({}))).rejects.toMatchObject({ code: 'EISDIR' });
  });

  test('have a path to read from as long as they exist', async () => {
    writeResult(results.resultPath(view({})), {});
    expect(await results.existingPath('t.2.json.gz')).toBe(join(folder, 'results', 't.2.json.gz'));
    await expect(results.existingPath('t.3.json.gz')).rejects.toMatchObject({ code: 'RESULT_MISSING' });
  });

  test('are removed, once or twice', async () => {
    writeResult(results.resultPath(view({})), {});
    await results.remove('t.2.json.gz');
    await results.remove('t.2.json.gz');
    expect(await results.exists(view({}))).toBe(false);
  });
});
