import { createHash, randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import {
  type DownloadRequest,
  type ImportInfo,
  type ImportQuery,
  type ImportReport,
  type Task as TaskView,
} from '@app/contracts';
import type { Request } from 'express';
import { filter } from 'rxjs';
import type { CurrentUser } from '../../http/current-user.decorator.js';
import { UserDeletionHooks } from '../../auth/user-deletion-hooks.js';
import { Config } from '../../config/config.js';
import { isOutage } from '../../database/database-errors.js';
import { HttpProblem } from '../../problems/http-problem.js';
import type { Accepted } from '../../queue/api/answer.js';
import type { IdempotentRequest } from '../../queue/api/idempotency.js';
import { TaskQueue } from '../../queue/api/task-queue.js';
import { TaskResults } from '../../queue/api/task-results.js';
import { TaskHandlers } from '../../queue/domain/task-handlers.js';
import { removeLeftovers } from '../leftovers.js';
import { importPayload, type DownloadPayload, type ImportPayload } from './import-payload.js';
import { reportFile } from './import-folder.js';
import { Uploads } from './uploads.service.js';

type Importer = Pick<CurrentUser, 'userId' | 'isAdmin'>;

export const importTaskType = 'data_import';
const bytesOfAUsualTask = 10 * 2 ** 20;
const mostUnfinishedImports = 20;

/** Imports of files and downloads from exchanges, each a task. */
@Injectable()
export class ImportsService implements OnModuleInit, OnApplicationBootstrap {
  readonly #logger = new Logger(ImportsService.name);

  constructor(
    private readonly config: Config,
    private readonly handlers: TaskHandlers,
    private readonly queue: TaskQueue,
    private readonly results: TaskResults,
    private readonly uploads: Uploads,
    private readonly deletionHooks: UserDeletionHooks,
  ) {}

  onModuleInit(): void {
    this.handlers.register<ImportPayload>({
      type: importTaskType,
      label: 'Data import',
      resources: { cpuCores: 1, ramGb: 0.4 },
      payload: importPayload,
      size: (payload) => (payload.kind === 'upload' ? Math.max(1, payload.bytes / bytesOfAUsualTask) : 1),
      describe,
      entry: new URL('./import.task.js', import.meta.url),
      resultUrl: (taskId) => `/api/market-data/imports/${taskId}`,
    });
    this.queue.endedTasks$
      .pipe(filter(({ task_type }) => task_type === importTaskType))
      .subscribe(({ task_id }) => void this.#forgetFiles(task_id));
    this.deletionHooks.onDeletion(async (userId) => {
      await rm(join(this.config.dataDir, 'market-data', 'users', userId), { recursive: true, force: true });
    });
  }

  async onApplicationBootstrap(): Promise<void> {
    // With the embedded database this server alone uses the data folder; other nodes may be uploading otherwise.
    await this.#sweep(this.config.databaseUrl === null);
  }

  @Interval(3_600_000)
  async sweepHourly(): Promise<void> {
    await this.#sweep(false);
  }

  /** Takes a file in and queues its import, or its preview. */
  async upload(
    importer: Importer,
    query: ImportQuery,
    request: Request,
    idempotency: IdempotentRequest | null,
  ): Promise<Accepted> {
    if (query.shared) requireAdmin(importer);
    await this.#requireRoom(importer);
    const taskId = randomUUID();
    const { bytes, hash } = await this.uploads.receive(request, importer.userId, taskId);
    const said = JSON.stringify([query, hash]);
    try {
      const accepted = await this.#submit(
        importer,
        taskId,
        { kind: 'upload', options: query, bytes },
        idempotency && { ...idempotency, requestHash: createHash('sha256').update(said).digest('base64') },
      );
      // Where the answer of the database was lost, the replayed answer may be that of this very task.
      if (accepted.replayed && accepted.location !== locationOf(taskId)) await this.uploads.remove(taskId);
      return accepted;
    } catch (error) {
      // After an outage the task may have been accepted all the same; the sweep removes what no task needs.
      if (!isOutage(error)) await this.uploads.remove(taskId);
      throw error;
    }
  }

  async download(
    importer: Importer,
    request: DownloadRequest,
    idempotency: IdempotentRequest | null,
  ): Promise<Accepted> {
    if (request.shared) requireAdmin(importer);
    const { start, end } = request;
    if (start !== undefined && end !== undefined && Date.parse(start) >= Date.parse(end)) {
      throw HttpProblem.invalid('end', 'must lie after start');
    }
    await this.#requireRoom(importer);
    return this.#submit(importer, randomUUID(), this.downloadPayload(request), idempotency);
  }

  downloadPayload(request: DownloadRequest): DownloadPayload {
    const { exchange, symbol, timeframe, start, end, shared } = request;
    return {
      kind: 'download',
      exchange,
      symbol,
      timeframe,
      startMs: start === undefined ? null : Date.parse(start),
      fallbackStartMs: null,
      endMs: end === undefined ? null : Date.parse(end),
      shared,
      address: this.config.imports.exchangeUrls[exchange] ?? null,
    };
  }

  /** An import and, once it has read its input, its report: also of one that was refused. */
  async get(viewer: Importer, importId: string): Promise<ImportInfo> {
    const task = await this.queue.find(viewer, importId);
    const { task_type, status, error } = task;
    if (task_type !== importTaskType) throw HttpProblem.notFound();
    return { import_id: importId, status, error, report: await this.#reportOf(task) };
  }

  async #submit(
    importer: Importer,
    taskId: string,
    payload: ImportPayload,
    idempotency: IdempotentRequest | null,
  ): Promise<Accepted> {
    return this.queue.submit({
      type: importTaskType,
      payload,
      userId: importer.userId,
      taskId,
      idempotency,
      answer: (task) => ({
        location: locationOf(task.task_id),
        body: {
          status: task.status,
          import_id: task.task_id,
          task_id: task.task_id,
          message: `Import ${task.status === 'running' ? 'started' : 'queued'}. Check Status Center for progress.`,
        },
      }),
    });
  }

  /** Uploads wait on the disk: there are never more than so many of one user. */
  async #requireRoom(importer: Importer): Promise<void> {
    const filter = { userId: importer.userId, taskType: importTaskType };
    const imports = (await this.queue.unfinished(filter)).length;
    if (imports < mostUnfinishedImports) return;
    throw new HttpProblem(429, 'TOO_MANY_IMPORTS', `${imports} of your imports wait or run already.`, {
      headers: { 'Retry-After': '30' },
    });
  }

  async #reportOf(task: TaskView): Promise<ImportReport | null> {
    if (task.status === 'queued' || task.status === 'running') return null;
    try {
      return JSON.parse(await this.results.readFile(reportFile(task.task_id))) as ImportReport;
    } catch (error) {
      // An import that failed before it had read its input left none.
      if (error instanceof HttpProblem && error.code === 'RESULT_MISSING') return null;
      throw error;
    }
  }

  async #forgetFiles(taskId: string): Promise<void> {
    try {
      await this.uploads.remove(taskId);
    } catch (error) {
      this.#logger.warn(`The files of import ${taskId} stay until they are swept: ${String(error)}`);
    }
  }

  async #sweep(alone: boolean): Promise<void> {
    try {
      const unfinished = await this.queue.unfinished({ taskType: importTaskType });
      await this.uploads.sweep(new Set(unfinished.map(({ task_id }) => task_id)), alone);
      await removeLeftovers(join(this.config.dataDir, 'market-data'));
    } catch (error) {
      this.#logger.error(`Files of earlier imports could not be removed: ${String(error)}`);
    }
  }
}

export function requireAdmin(importer: Importer): void {
  if (!importer.isAdmin) throw HttpProblem.forbidden();
}

function locationOf(taskId: string): string {
  return `/api/market-data/imports/${taskId}`;
}

function describe(payload: ImportPayload): string {
  if (payload.kind === 'download') {
    return `Download of ${payload.symbol} ${payload.timeframe} from ${payload.exchange}`;
  }
  const { symbol, filename, preview } = payload.options;
  return `${preview ? 'Preview' : 'Import'} of ${filename ?? 'a file'} as ${symbol}`;
}
