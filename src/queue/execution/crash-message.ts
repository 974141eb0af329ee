import { boundedText } from '@app/text';

const maxTextCodePoints = 500;
/** `TypeError: x is not a function`, `Uncaught MyError`, `Error [ERR_X]: text`. */
const errorLine = /^(?:Uncaught )?(?:[A-Z][\w$.]*)?(?:Error|Exception)(?: \[\w+\])?(?::|$)/;
const stackLine = /^\s+at /;
const versionLine = /^Node\.js v\d/;

/**
 * What a process said last on standard error before it ended without a result: the error that its last stack belongs
 * to, else its last line that says something; empty when there is none.
 */
export function lastErrorText(stderr: string): string {
  const lines = stderr
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line.trim() !== '' && !versionLine.test(line));
  const error = lines.findLast(
    (line, index) => errorLine.test(line) && (index + 1 === lines.length || hasStackBelow(lines, index)),
  );
  return boundedText((error ?? lines.at(-1) ?? '').trim(), maxTextCodePoints);
}

/** A message may have several lines, so the stack need not begin right below its first. */
function hasStackBelow(lines: readonly string[], index: number): boolean {
  for (const line of lines.slice(index + 1)) {
    if (stackLine.test(line)) return true;
    if (errorLine.test(line)) return false;
  }
  return false;
}

/** The message of a task whose process ended without one. */
export function crashMessage(code: number | null, signal: string | null, stderr: string): string {
  const how = signal === null ? `exit code ${code ?? 'unknown'}` : `signal ${signal}`;
  const text = lastErrorText(stderr);
  return `The task's process ended by ${how}.${text === '' ? '' : ` ${text}`}`;
}
