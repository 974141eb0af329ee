import type { TaskError } from '@app/contracts';
// Not by way of the whole of the contracts: each process of a task would load their schemas.
import { NotStorableError, toStorableJson, type JsonValue } from '@app/text';
import { taskError } from '../domain/task-error-codes.js';

/** A task's result as it can be stored, or the error that says why it cannot. */
export function storableSummary(
  summary: unknown,
): { readonly value: JsonValue } | { readonly error: TaskError } {
  try {
    return { value: toStorableJson(summary) };
  } catch (error) {
    if (!(error instanceof NotStorableError)) throw error;
    return {
      error: taskError(
        'RESULT_INVALID',
        `The task returned a result that cannot be stored: ${error.message}`,
      ),
    };
  }
}
