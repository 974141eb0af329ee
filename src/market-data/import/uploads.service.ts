import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Injectable, Logger } from '@nestjs/common';
import type { Request } from 'express';
import { Config } from '../../config/config.js';
import { HttpProblem } from '../../problems/http-problem.js';
import { extendRequestTimeout } from '../../http/request-timeout.js';
import { importFolder, importsFolder, uploadPath } from './import-folder.js';

export interface ReceivedUpload {
  readonly bytes: number;
  /** SHA-256 of what was sent, base64. */
  readonly hash: string;
}

const uploadsAtOnce = 2;
/** A folder without a task is an upload that goes on, or one whose server was killed. */
const abandonedAfterMs = 3_600_000;

/** Takes uploaded files in, one folder each, straight to the disk. */
@Injectable()
export class Uploads {
  readonly #logger = new Logger('Uploads');
  readonly #inProgress = new Map<string, number>();

  constructor(private readonly config: Config) {}

  /**
   * Writes a request's body to the upload of a task that will be; nothing of it is held in memory.
   *
   * @throws HttpProblem 413 `UPLOAD_TOO_LARGE`, 429 `TOO_MANY_UPLOADS`, 507 `DISK_FULL`, 400 when the client gives up
   */
  async receive(request: Request, userId: string, taskId: string): Promise<ReceivedUpload> {
    const { maxUploadBytes } = this.config.imports;
    const announced = Number(request.headers['content-length'] ?? 0);
    if (announced > maxUploadBytes) throw tooLarge(maxUploadBytes);
    const going = this.#inProgress.get(userId) ?? 0;
    if (going >= uploadsAtOnce) {
      throw new HttpProblem(429, 'TOO_MANY_UPLOADS', `${going} of your uploads are still coming in.`, {
        headers: { 'Retry-After': '10' },
      });
    }
    this.#inProgress.set(userId, going + 1);
    try {
      return await extendRequestTimeout(request, () => this.#write(request, taskId, maxUploadBytes));
    } catch (error) {
      await this.remove(taskId);
      throw toProblem(error);
    } finally {
      const left = (this.#inProgress.get(userId) ?? 1) - 1;
      if (left === 0) this.#inProgress.delete(userId);
      else this.#inProgress.set(userId, left);
    }
  }

  async remove(taskId: string): Promise<void> {
    await rm(importFolder(this.config.dataDir, taskId), { recursive: true, force: true });
  }

  /**
   * Removes what ended tasks and killed servers left behind.
   *
   * @param unfinished the tasks whose folders are needed
   * @param alone no other server uses this data folder: what has no task has no owner
   */
  async sweep(unfinished: ReadonlySet<string>, alone: boolean, now = Date.now()): Promise<void> {
    const folder = importsFolder(this.config.dataDir);
    const names = await readdir(folder).catch(() => []);
    for (const name of names) {
      if (unfinished.has(name)) continue;
      const found = await stat(join(folder, name)).catch(() => null);
      if (found === null || (!alone && now - found.mtimeMs < abandonedAfterMs)) continue;
      await rm(join(folder, name), { recursive: true, force: true });
      this.#logger.log(`Removed what was left of import ${name}`);
    }
  }

  async #write(request: Request, taskId: string, mostBytes: number): Promise<ReceivedUpload> {
    const hash = createHash('sha256');
    let bytes = 0;
    const meter = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        bytes += chunk.length;
        hash.update(chunk);
        if (bytes > mostBytes) done(tooLarge(mostBytes));
        else done(null, chunk);
      },
    });
    await mkdir(importFolder(this.config.dataDir, taskId), { recursive: true, mode: 0o700 });
    const file = createWriteStream(uploadPath(this.config.dataDir, taskId), {
      flags: 'wx',
      mode: 0o600,
      flush: true,
    });
    // The request must stay open when it is refused: a client whose connection is closed early loses the answer.
    await pipeline(request.iterator({ destroyOnReturn: false }), meter, file);
    if (bytes === 0)
      throw new HttpProblem(422, 'VALIDATION_FAILED', 'The body is empty; it must be the file.');
    return { bytes, hash: hash.digest('base64') };
  }
}

function tooLarge(mostBytes: number): HttpProblem {
  return new HttpProblem(413, 'UPLOAD_TOO_LARGE', `The file is larger than ${mostBytes / 2 ** 20} MiB.`);
}

function toProblem(error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new HttpProblem(507, 'DISK_FULL', 'There is no room for the file.', { cause: error });
  }
  if (code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'ECONNRESET') {
    return new HttpProblem(400, 'BODY_INCOMPLETE', 'The body ended before its announced length.', {
      cause: error,
    });
  }
  return error;
}
