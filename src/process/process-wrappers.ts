import { spawnSync } from 'node:child_process';

/** Megabytes of address space that Node itself reserves as writable data before a task allocates anything. */
const nodeBaselineMb = 512;

const available = new Map<string, boolean>();
function isAvailable(command: string): boolean {
  let known = available.get(command);
  if (known === undefined) {
    known = spawnSync(command, ['--version'], { stdio: 'ignore' }).error === undefined;
    available.set(command, known);
  }
  return known;
}

/** A command line whose process dies with the one that starts it, where `setpriv` exists. */
export function dyingWithParent(words: readonly string[]): { command: string; args: string[] } {
  const [command, ...args] = isAvailable('setpriv') ? ['setpriv', '--pdeathsig', 'KILL', ...words] : words;
  return { command: command!, args };
}

/**
 * The command line of a task's process: lowered priority for the CPU (`nice`), death with the parent
 * (`setpriv --pdeathsig`), a cap on its memory (`prlimit --data`) and on V8's heap.
 *
 * Each wrapper is used where it exists. All of them replace themselves by the next, so the process
 * started is the task's own and its pid is the one to measure. `--as` would break V8, which reserves
 * far more address space than it uses.
 */
export function taskCommand(entry: string, memoryLimitMb: number): { command: string; args: string[] } {
  const words = [process.execPath, `--max-old-space-size=${memoryLimitMb}`, entry];
  if (isAvailable('prlimit'))
    words.unshift('prlimit', `--data=${(memoryLimitMb + nodeBaselineMb) * 2 ** 20}`);
  if (isAvailable('setpriv')) words.unshift('setpriv', '--pdeathsig', 'KILL');
  if (isAvailable('nice')) words.unshift('nice', '-n', '10');
  const [command, ...args] = words;
  return { command: command!, args };
}
