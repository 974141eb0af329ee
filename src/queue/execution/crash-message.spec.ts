import { spawnSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import { crashMessage, lastErrorText } from './crash-message.js';

function stderrOf(script: string): string {
  return spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' }).stderr;
}

test.each([
  ['null.x', /^TypeError: Cannot read properties of null/],
  ['throw new RangeError("first\\nsecond")', /^RangeError: first$/],
  ['throw Object.assign(new Error("with fields"), { code: "X", rows: [1, 2] })', /^Error: with fields$/],
  ['require("fs").readFileSync("/nowhere")', /^Error: ENOENT: no such file or directory/],
  ['Promise.reject(new TypeError("rejected"))', /^TypeError: rejected$/],
  [
    'console.error(new Error("logged before")); console.error("but this was last"); null.x',
    /^TypeError: Cannot/,
  ],
])('Node ends by %s with the name of the error', (script, expected) => {
  expect(lastErrorText(stderrOf(script))).toMatch(expected);
});

test('without a stack the last line counts that is not the version of Node', () => {
  expect(lastErrorText('loading\nout of luck\n\nNode.js v20.20.2\n')).toBe('out of luck');
  expect(lastErrorText('')).toBe('');
  expect(lastErrorText('Node.js v20.20.2\n')).toBe('');
});

test('the text is bounded and can be stored', () => {
  const text = lastErrorText(`Error: \u0000${'😀'.repeat(1000)}\n    at x`);
  expect(Array.from(text)).toHaveLength(500);
  expect(text.startsWith('Error: \ufffd😀')).toBe(true);
  expect(text).not.toMatch(/\p{Surrogate}/u);
});

test('the message says how the process ended', () => {
  expect(crashMessage(7, null, '')).toBe("The task's process ended by exit code 7.");
  expect(crashMessage(null, 'SIGSEGV', 'Error: x\n    at y\n')).toBe(
    "The task's process ended by signal SIGSEGV. Error: x",
  );
});
