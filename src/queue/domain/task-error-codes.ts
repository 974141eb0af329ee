import type { TaskError } from '@app/contracts';
// Not by way of the whole of the contracts: each process of a task would load their schemas.
import { boundedText } from '@app/text';

/** The codes by which the queue itself ends a task. Task modules may add further codes. */
export const taskErrorCodes = {
  CANCELLED: 'it was cancelled on request',
  CRASHED: 'its process ended without a result',
  DEPENDENCY_FAILED: 'a task that it was to run after did not complete',
  DISK_FULL: 'there was no room on the disk for its result',
  ENDED_BY_ADMIN: 'an admin ended it because its process could not be reached',
  INTERRUPTED: 'the server stopped while it ran inside it',
  NODE_LOST: 'the node that ran it was lost in every attempt',
  OUT_OF_MEMORY: 'it needed more memory than it may use or the machine has',
  PROCESS_LOST: 'its process was gone without an end',
  PROTOCOL_ERROR: 'its process sent messages that the server does not understand',
  RESULT_INVALID: 'its result could not be stored',
  SPAWN_FAILED: 'its process could not be started in any attempt',
  TASK_FAILED: 'it threw an error',
  TASK_TOO_LARGE: 'no node has the resources that it asks for',
  TIME_LIMIT: 'it ran longer than its limit',
  UNKNOWN_TASK: 'this server has no handler for its type, or its payload is not valid for it',
} as const;

export type TaskErrorCode = keyof typeof taskErrorCodes;

const maxMessageCodePoints = 2000;
const maxCodeLength = 64;

/** An error as it is stored: bounded, and free of what the database or JSON cannot hold. */
export function taskError(code: string, message: string): TaskError {
  const isCode = code.length <= maxCodeLength && /^[A-Za-z][A-Za-z0-9_]*$/.test(code);
  return {
    code: isCode ? code : 'TASK_FAILED',
    message: boundedText(message, maxMessageCodePoints),
  };
}
