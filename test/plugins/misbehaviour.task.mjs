import { setTimeout as delay } from 'node:timers/promises';

/** Does what its payload says, in a process of its own. */
export default async function misbehave({ how, mb, seconds }, context) {
  context.report(`Going to ${how}`, 0.1);
  await delay(100);
  switch (how) {
    case 'throw':
      throw new Error('as it was told');
    case 'exit':
      process.exit(7);
      break;
    case 'segfault':
      process.kill(process.pid, 'SIGSEGV');
      await delay(60_000);
      break;
    case 'be killed':
      process.kill(process.pid, 'SIGKILL');
      await delay(60_000);
      break;
    case 'loop':
      for (;;);
    case 'fill the heap': {
      const kept = [];
      for (;;) kept.push(new Array(1_000_000).fill(kept.length));
    }
    case 'allocate': {
      const kept = [];
      for (let i = 0; i < mb; i += 16) {
        kept.push(Buffer.alloc(16 * 2 ** 20, 1));
        await delay(20);
      }
      context.report('Holding', 0.5);
      await delay(seconds * 1000);
      return { kept: kept.length };
    }
    case 'flood':
      for (let i = 0; i < 20_000; i += 1) context.report(`word ${i}`, i / 20_000);
      return {};
    case 'print':
      console.log('printed to standard output');
      console.error('printed to standard error');
      return {};
    case 'sleep':
      await delay(seconds * 1000);
      return {};
    default:
      throw new Error(`unknown: ${how}`);
  }
}
