import { spawn } from 'node:child_process';

/** Looks now and then whether the suite is still there, so that no loop outlives it. */
const loop = 'while kill -0 $PPID; do n=0; while [ $n -lt 100000 ]; do n=$((n+1)); done; done';

/**
 * Keeps all cores busy with so many loops at the suite's own priority, which is above that of tasks.
 *
 * @returns a function that ends them
 */
export function startBusyLoops(count, leftovers) {
  const loops = Array.from({ length: count }, () => spawn('sh', ['-c', loop], { stdio: 'ignore' }));
  return leftovers.add(() => {
    for (const process of loops) process.kill('SIGKILL');
  });
}
