import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { writeResult } from '../../dist/libs/tasks-sdk/src/index.js';

const megabyte = 2 ** 20;
const emoji = '😀';

/** Texts that a payload cannot hold, and a long one. */
const texts = {
  nul: () => 'bad \u0000 text',
  'lone surrogate': () => `bad ${emoji[0]} text`,
  // One unit first, so that a cut at an even number of UTF-16 units splits a pair.
  long: () => `x${emoji.repeat((5 * megabyte) / 4)}`,
};

/** What no part of the server sends or expects. */
const wrongMessages = {
  null: () => null,
  'a string': () => 'ready',
  'a number': () => 42,
  'an array': () => [{ type: 'progress' }],
  'an unknown type': () => ({ type: 'surprise' }),
  'progress of the wrong types': () => ({ type: 'progress', description: { text: 'x' }, progress: 'half' }),
  'a failure without an error': () => ({ type: 'failed' }),
  'a huge text': () => 'x'.repeat(32 * megabyte),
  'a deeply nested value': () => ({ type: 'progress', description: nested(1000), progress: null }),
};

function nested(levels) {
  let value = [];
  for (let level = 0; level < levels; level += 1) value = [value];
  return value;
}

/** Breaks as its payload says, in its own process. */
export default async function runBroken({ how, text, seconds, count, detached, code }, context) {
  switch (how) {
    case 'sleep':
      await delay(seconds * 1000);
      return {};
    case 'throw':
      throw new Error(texts[text]());
    case 'return a BigInt':
      return { rows: 1n };
    case 'fail in completed':
      return { completed: 'throw' };
    case 'print NUL and exit':
      return printAndExit('the last line \u0000\n');
    case 'print an emoji and exit':
      return printAndExit(`${'x'.repeat(299)}${emoji} and more\n`);
    case 'throw outside of its promise':
      setTimeout(() => {
        throw new Error('the cause of the crash');
      }, 0);
      await delay(60_000);
      break;
    case 'reject outside of its promise':
      void Promise.reject(new TypeError('the cause of the rejection'));
      await delay(60_000);
      break;
    case 'describe':
      context.report(texts[text](), 0.5);
      await delay(500);
      return {};
    case 'count':
      for (let step = 1; step <= count; step += 1) {
        context.report(`step ${step}`, step / count);
        await delay(200);
      }
      return {};
    case 'report badly':
      for (let step = 1; step <= count; step += 1) {
        context.report(...badReport(text));
        await delay(100);
      }
      return {};
    case 'send':
      for (let n = 0; n < count; n += 1) {
        await new Promise((resolve) => process.send(wrongMessages[text](), resolve));
      }
      if (code !== null) process.exit(code);
      return {};
    case 'leave a grandchild': {
      const { pid } = spawn('sleep', ['120'], { stdio: 'inherit', detached });
      context.report(`grandchild ${pid}`, null);
      await delay(seconds * 1000);
      return {};
    }
    case 'print':
      await print(text.padEnd(1, 'x'), count);
      return {};
    case 'print half a line and stay':
      process.stderr.write('half of a warning, ');
      process.stdout.write('a whole line\nhalf of a line');
      context.report('printed', null);
      await delay(seconds * 1000);
      return {};
    case 'write':
      for (let n = 0; n < count; n += 1) {
        writeResult(context.resultPath, { bytes: randomBytes(8 * megabyte).toString('base64') });
      }
      return {};
    default:
      throw new Error(`unknown: ${how}`);
  }
}

/** Prints so many MB of one line again and again, as fast as they are taken, and then says so. */
async function print(line, mb) {
  const lines = `${line}\n`;
  const block = Buffer.alloc(megabyte - (megabyte % Buffer.byteLength(lines)), lines);
  for (let printed = 0; printed < mb; printed += 1) {
    await new Promise((taken) => process.stdout.write(block, taken));
  }
  console.log('All is printed.');
}

async function printAndExit(text) {
  await new Promise((resolve) => process.stderr.write(text, resolve));
  process.exit(3);
}

function badReport(kind) {
  switch (kind) {
    case 'NaN':
      return ['of no number', NaN];
    case 'Infinity':
      return ['of no end', Infinity];
    case '10 MB':
      return ['x'.repeat(10 * megabyte), 0.5];
    default:
      return [texts.nul(), 0.5];
  }
}
