import { join } from 'node:path';

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
