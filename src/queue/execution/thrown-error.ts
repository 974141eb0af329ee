import { types } from 'node:util';
import type { TaskError } from '@app/contracts';
import { boundedText } from '@app/text';
import { taskError } from '../domain/task-error-codes.js';

const maxTextCodePoints = 2000;
/** Node's own codes begin so, or belong to an error of the system, which names its call. */
const nodeCode = /^ERR_|^ABORT_ERR$|^MODULE_NOT_FOUND$/;

/** What a task's module has thrown, as the error that the task ends with. Takes any value and never throws. */
export function toTaskError(thrown: unknown): TaskError {
  const code = codeOf(thrown);
  const message = messageOf(thrown);
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return taskError('DISK_FULL', 'There is no room for the result on the disk; retry when there is.');
  }
  if (
    property(thrown, 'name') === 'RangeError' &&
    /allocation failed|Invalid typed array length/.test(message)
  ) {
    return taskError('OUT_OF_MEMORY', message);
  }
  const isOwnCode = code !== null && !nodeCode.test(code) && property(thrown, 'syscall') === undefined;
  return taskError(isOwnCode ? code : 'TASK_FAILED', message);
}

/** The same for an error that no code of the task has caught. */
export function toUncaughtError(thrown: unknown): TaskError {
  const error = toTaskError(thrown);
  if (error.code !== 'TASK_FAILED') return error;
  const name = property(thrown, 'name');
  const named = isError(thrown) && typeof name === 'string' ? `${name}: ${error.message}` : error.message;
  return taskError('CRASHED', `The task's process ended by an uncaught error. ${named}`);
}

/** Also one of another realm, such as a `vm` context. */
function isError(thrown: unknown): thrown is Error {
  return types.isNativeError(thrown) || thrown instanceof Error;
}

function codeOf(thrown: unknown): string | null {
  const code = isError(thrown) ? property(thrown, 'code') : null;
  return typeof code === 'string' ? code : null;
}

function messageOf(thrown: unknown): string {
  const message = isError(thrown) ? property(thrown, 'message') : thrown;
  const text = textOf(message);
  if (text !== '') return boundedText(text, maxTextCodePoints);
  return isError(thrown)
    ? `It threw ${textOf(property(thrown, 'name'))} without a message.`
    : 'It threw an empty value.';
}

/** Getters and proxies of a thrown value may throw as well. */
function property(thrown: unknown, name: string): unknown {
  try {
    return (thrown as Record<string, unknown> | null | undefined)?.[name];
  } catch {
    return undefined;
  }
}

function textOf(value: unknown): string {
  try {
    return String(value);
  } catch {
    return 'a value that has no text';
  }
}
