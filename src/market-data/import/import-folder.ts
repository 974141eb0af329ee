import { join } from 'node:path';
import { resultPathIn } from '@app/tasks-sdk';

/** Where the temporary files of imports lie, one folder for each, named by its task. */
export function importsFolder(dataDir: string): string {
  return join(dataDir, 'imports');
}

/** The temporary files of one import; they outlive a killed server and go with the end of the task. */
export function importFolder(dataDir: string, taskId: string): string {
  return join(importsFolder(dataDir), taskId);
}

export function uploadPath(dataDir: string, taskId: string): string {
  return join(importFolder(dataDir, taskId), 'upload');
}

/**
 * Where an import's report lies, also that of one that failed: it belongs to the task and not to an attempt,
 * whose files go when it fails.
 */
export function reportPath(dataDir: string, taskId: string): string {
  return resultPathIn(dataDir, reportFile(taskId));
}

export function reportFile(taskId: string): string {
  return `${taskId}.report.json.gz`;
}
