import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { adminPassword, Server } from './harness/server.js';

const program = join(import.meta.dirname, '..', 'dist', 'src', 'cli', 'admin.js');

/** Runs the command on a data folder, with text on its standard input. */
async function admin(dataDir: string, args: string[], input = '') {
  const child = spawn(process.execPath, [program, ...args], {
    env: { PATH: process.env.PATH, HEADROOM_DATA_DIR: dataDir },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  child.stdin.end(input);
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, stdout, stderr };
}

describe('npm run admin', () => {
  let server: Server;
  const run = (args: string[], input?: string) => admin(server.dataDir, args, input);

  beforeAll(async () => {
    server = await Server.start();
    await server.user('grace');
  });
  afterAll(() => server.remove());

  test('refuses a folder whose server runs, and says what to do', async () => {
    const { code, stderr } = await run(['reset-password', 'grace']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/is in use by another Headroom process.*\n.*PATCH \/api\/users/);
  });

  test('makes accounts, resets passwords and sets roles while the server is stopped', async () => {
    await server.signal('SIGTERM');
    const made = await run(['create-user', 'ada', '--role', 'admin', '--json']);
    expect(made).toMatchObject({ code: 0, stderr: '' });
    const { user, password } = JSON.parse(made.stdout);
    expect(user).toMatchObject({ username: 'ada', role: 'admin', disabled: false });
    expect(password).toMatch(/^[\w-]{20}$/);

    const reset = await run(['reset-password', 'GRACE', '--password-stdin'], 'a password from a pipe\n');
    expect(reset).toMatchObject({
      code: 0,
      stdout: 'grace has a new password; all earlier logins have ended.\n',
    });
    expect((await run(['set-role', 'grace', 'admin'])).stdout).toBe('grace is an admin now.\n');
    const shown = await run(['reset-password', 'admin']);
    const shownPassword = /^Password: (\S{20}) {2}\(shown once\)$/m.exec(shown.stdout)![1]!;

    await server.start();
    const ada = await server.signIn('ada', password as string);
    expect((await (await server.signIn('grace', 'a password from a pipe')).get('/api/users')).status).toBe(
      200,
    );
    await server.signIn('admin', shownPassword);
    await expect(server.signIn('admin', adminPassword)).rejects.toThrow('INVALID_CREDENTIALS');
    const audit = (await ada.get('/api/audit?limit=200')).body.items as Record<string, string>[];
    const byHand = audit.filter(({ actor }) => actor === 'command line');
    expect(byHand.map(({ action, target }) => [action, target]).reverse()).toEqual([
      ['user_created', 'ada'],
      ['password_reset', 'grace'],
      ['role_set_admin', 'grace'],
      ['password_reset', 'admin'],
    ]);
    expect(JSON.stringify(audit)).not.toContain(password);
    expect(server.log).not.toContain(password);
  });

  test('keeps the last admin, and says what is wrong', async () => {
    await server.signal('SIGTERM');
    for (const name of ['ada', 'grace']) expect((await run(['set-role', name, 'user'])).code).toBe(0);
    const refusals: [string[], RegExp, string?][] = [
      [['set-role', 'admin', 'user'], /admin is the last enabled admin/],
      [['set-role', 'nobody', 'user'], /There is no user "nobody"/],
      [['set-role', 'ada', 'king'], /role: /],
      [['create-user', 'ADA'], /There is a user ADA already/],
      [['create-user', 'two words'], /username: must be/],
      [['reset-password', 'ada', '--password-stdin'], /password: must have at least 12/, 'short'],
      [['rm', 'ada'], /There is no command "rm"/],
      [[], /Usage:/],
    ];
    for (const [args, message, input] of refusals) {
      const { code, stdout, stderr } = await run(args, input);
      expect([args, code, stdout]).toEqual([args, 1, '']);
      expect(stderr).toMatch(message);
    }
    const empty = mkdtempSync(join(tmpdir(), 'headroom-empty-'));
    expect((await admin(empty, ['reset-password', 'admin'])).stderr).toMatch(/There is no database in/);
    rmSync(empty, { recursive: true });
    expect((await run(['--help'])).stdout).toMatch(/^Usage: npm run admin/);
  });
});
