import { rm, stat } from 'node:fs/promises';
import { Injectable } from '@nestjs/common';
import type { Task as TaskView } from '@app/contracts';
import {
  readResultText,
  resultPathIn,
  ResultUnreadableError,
  type TaskResults as PublicTaskResults,
} from '@app/tasks-sdk';
import { Config } from '../../config/config.js';
import { HttpProblem } from '../../problems/http-problem.js';
import { TaskHandlers } from '../domain/task-handlers.js';
import { attemptKey, resultFileName } from '../storage/result-files.js';

/** The result files of tasks, for features and plug-ins. A file is named as the handler's `completed` got it. */
@Injectable()
export class TaskResults implements PublicTaskResults {
  constructor(
    private readonly config: Config,
    private readonly handlers: TaskHandlers,
  ) {}

  /** Where the current attempt of a task writes its result file. */
  resultPath(task: TaskView): string {
    return this.pathOf(
      resultFileName(attemptKey(task.task_id, task.attempt), this.handlers.find(task.task_type)),
    );
  }

  /**
   * The text of a task's result file.
   *
   * @throws HttpProblem 500 `RESULT_UNREADABLE` when the file is damaged, 500 `RESULT_MISSING` when it is gone
   */
  read(task: TaskView): Promise<string> {
    return readPath(this.resultPath(task));
  }

  /** Whether the current attempt of a task has written its result file. */
  exists(task: TaskView): Promise<boolean> {
    return isFile(this.resultPath(task));
  }

  /**
   * Where a result file lies that is to be read.
   *
   * @throws HttpProblem 500 `RESULT_MISSING` when it is gone
   */
  async existingPath(file: string): Promise<string> {
    const path = this.pathOf(file);
    if (!(await isFile(path))) throw missing();
    return path;
  }

  /** Where a result file lies. */
  pathOf(file: string): string {
    return resultPathIn(this.config.dataDir, file);
  }

  /** `read` for the name of a result file. */
  readFile(file: string): Promise<string> {
    return readPath(this.pathOf(file));
  }

  /** Names the result file of a task whose result is a copy of another one's; no attempt has this name. */
  fileOfCopy(taskId: string): string {
    return resultFileName(attemptKey(taskId, 0), null);
  }

  /** Deletes a result file; one that is gone is no error. */
  async remove(file: string): Promise<void> {
    await rm(this.pathOf(file), { force: true });
  }
}

async function readPath(path: string): Promise<string> {
  try {
    return await readResultText(path);
  } catch (cause) {
    if (cause instanceof ResultUnreadableError) {
      throw new HttpProblem(500, 'RESULT_UNREADABLE', cause.message, { cause });
    }
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
    throw missing(cause);
  }
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

function missing(cause?: unknown): HttpProblem {
  return new HttpProblem(500, 'RESULT_MISSING', 'The file of this result is missing; run it again.', {
    cause,
  });
}
