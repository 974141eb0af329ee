import { afterEach, describe, expect, test } from '@jest/globals';
import { ServerProcess } from './server-process.js';
import { waitFor } from './waiting.js';

/** A program that says that it is ready, and does what comes after. */
const program = (rest: string) => ['-e', `console.log('Ready at http://127.0.0.1:1'); ${rest}`];
const stay = 'setInterval(() => {}, 1000);';

describe('a server process', () => {
  let server: ServerProcess;
  afterEach(() => server.end('SIGKILL'));

  const start = (args: readonly string[]) =>
    (server = new ServerProcess({ name: 'one', args, environment: {}, interruptsWaits: true }));

  test('is ready with its address', async () => {
    start(program(stay));
    expect(await server.ready()).toBe('http://127.0.0.1:1');
    expect(server.readyMs).toBeGreaterThan(0);
    expect(server.unexpectedEnd()).toBeNull();
  });

  test('that ends before it is ready ends the wait for it at once, with its log', async () => {
    start(['-e', `console.log('port taken'); console.error('sorry'); process.exit(3)`]);
    await expect(server.ready()).rejects.toThrow(/^one ended by itself \(exit code 3\):\n[^]*port taken/);
    expect(server.errors).toBe('sorry\n');
    expect(server.log).toContain('sorry');
  });

  test('that ends by itself ends every wait at once, with its log', async () => {
    start(program(`console.log('out of luck'); setTimeout(() => process.exit(7), 100);`));
    await server.ready();
    const waiting = waitFor(() => null, 60_000);
    await expect(waiting).rejects.toThrow(/^one ended by itself \(exit code 7\):\n[^]*out of luck/);
  });

  test('that is ended by a signal disturbs no wait', async () => {
    start(program(stay));
    await server.ready();
    expect(await server.end('SIGKILL')).toBeNull();
    expect(server.hasEnded).toBe(true);
    let asked = 0;
    expect(await waitFor(() => (asked += 1) === 3)).toBe(true);
  });

  test('has ended although a process that it started holds its output open', async () => {
    const child = `require('node:child_process').spawn('sleep', ['30'], { stdio: 'inherit' }).unref();`;
    start(['-e', `${child} console.log('Ready at http://127.0.0.1:1'); process.exit(0);`]);
    expect(await server.expectEnd()).toBe(0);
  });
});
