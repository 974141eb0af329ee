import { Controller, Get, Param, Post, Query, Req, UseInterceptors } from '@nestjs/common';
import { downloadRequest, importQuery, type ImportInfo } from '@app/contracts';
import { boundedText } from '@app/text';
import type { Request } from 'express';
import { z } from 'zod';
import { CurrentUser } from '../../http/current-user.decorator.js';
import { HttpProblem } from '../../problems/http-problem.js';
import { AcceptedInterceptor } from '../../queue/api/accepted.interceptor.js';
import type { Accepted } from '../../queue/api/answer.js';
import { Idempotency, type IdempotentRequest } from '../../queue/api/idempotency.js';
import { ImportsService } from './imports.service.js';

const uploadTypes = [
  'text/csv',
  'text/plain',
  'application/octet-stream',
  'application/gzip',
  'application/zip',
  'application/vnd.apache.parquet',
];

@Controller('market-data')
export class ImportsController {
  constructor(private readonly imports: ImportsService) {}

  /** JSON asks for a download from an exchange; every other body is a file, of which the query says the rest. */
  @Post('import')
  @UseInterceptors(AcceptedInterceptor)
  import(
    @CurrentUser() user: CurrentUser,
    @Req() request: Request,
    @Query() query: Record<string, string>,
    @Idempotency() idempotency: IdempotentRequest | null,
  ): Promise<Accepted> {
    if (request.is('application/json') !== false) {
      return this.imports.download(user, valid(downloadRequest, request.body, 422), idempotency);
    }
    if (request.is(uploadTypes) === false) {
      const detail = `The file must be sent as one of ${uploadTypes.join(', ')}.`;
      throw new HttpProblem(415, 'UNSUPPORTED_MEDIA_TYPE', detail);
    }
    return this.imports.upload(user, valid(importQuery, query, 400), request, idempotency);
  }

  @Get('imports/:import_id')
  get(@CurrentUser() user: CurrentUser, @Param('import_id') importId: string): Promise<ImportInfo> {
    return this.imports.get(user, importId);
  }
}

const maxErrors = 20;
const maxMessageCodePoints = 200;

function valid<Value>(schema: z.ZodType<Value>, given: unknown, status: 400 | 422): Value {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.slice(0, maxErrors).map(({ path, message }) => ({
    path: path.join('.'),
    message: boundedText(message, maxMessageCodePoints),
  }));
  const detail = errors.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join('; ');
  throw status === 422
    ? new HttpProblem(422, 'VALIDATION_FAILED', detail, { errors })
    : new HttpProblem(400, 'QUERY_INVALID', detail);
}
