import { Injectable, StandardSchemaValidationPipe, type ArgumentMetadata } from '@nestjs/common';
import { boundedText } from '@app/text';
import { HttpProblem, type FieldError } from '../problems/http-problem.js';

const maxErrors = 20;
const maxCodePoints = 200;

class SchemaMismatch extends Error {
  constructor(readonly errors: readonly FieldError[]) {
    super('schema mismatch');
  }
}

/** Checks bodies, queries and params against the schema that their decorator names: 422 for a body, 400 otherwise. */
@Injectable()
export class ValidationPipe extends StandardSchemaValidationPipe {
  constructor() {
    super({
      exceptionFactory: (issues) =>
        new SchemaMismatch(
          issues.slice(0, maxErrors).map((issue) => ({
            path: boundedText(
              (issue.path ?? [])
                .map((segment) => String(typeof segment === 'object' ? segment.key : segment))
                .join('.'),
              maxCodePoints,
            ),
            message: boundedText(issue.message, maxCodePoints),
          })),
        ),
    });
  }

  override async transform<T = unknown>(value: T, metadata: ArgumentMetadata): Promise<T> {
    try {
      return await super.transform(value, metadata);
    } catch (error) {
      if (!(error instanceof SchemaMismatch)) throw error;
      const { errors } = error;
      const detail = errors.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join('; ');
      throw metadata.type === 'body'
        ? new HttpProblem(422, 'VALIDATION_FAILED', detail, { errors })
        : new HttpProblem(400, 'QUERY_INVALID', detail);
    }
  }
}
