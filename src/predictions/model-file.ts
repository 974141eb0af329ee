import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readResultTextSync, TaskFailedError } from '@app/tasks-sdk';

/** How files of trained models end. */
export const modelExtension = '.model.json.gz';

/** Stands for the file of a model whose training has not ended: which attempt will leave it is not known yet. */
export function fileOfTraining(modelId: string): string {
  return `${modelId}.*${modelExtension}`;
}

/**
 * The text of a model below a data folder; of a `fileOfTraining`, the one that its newest attempt has left.
 *
 * @throws TaskFailedError `MODEL_MISSING`
 */
export function readModelText(dataDir: string, file: string): string {
  const folder = join(dataDir, 'results');
  const [modelId = '', attempt] = file.split('.');
  try {
    return readResultTextSync(join(folder, attempt === '*' ? newestAttempt(folder, modelId) : file));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new TaskFailedError('MODEL_MISSING', `There is no file of model ${modelId} any more.`);
  }
}

function newestAttempt(folder: string, modelId: string): string {
  const attemptOf = (name: string): number => Number(name.split('.')[1]);
  const [newest] = readdirSync(folder)
    .filter((name) => name.startsWith(`${modelId}.`) && name.endsWith(modelExtension))
    .sort((a, b) => attemptOf(b) - attemptOf(a));
  if (newest === undefined) throw new TaskFailedError('MODEL_MISSING', `Model ${modelId} has left no file.`);
  return newest;
}
