import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { freePort, waitFor } from '../../tools/test-kit/index.js';

const executable = ['/usr/sbin/nginx', '/usr/local/sbin/nginx', '/usr/bin/nginx'].find((path) =>
  existsSync(path),
);
export const hasNginx = executable !== undefined;
const root = join(import.meta.dirname, '..', '..');
const shipped = join(root, 'deploy', 'nginx.conf');

/** What Debian's nginx.conf has around the files of conf.d, with all that it writes in a folder of its own. */
const around = `
daemon off;
worker_processes 1;
pid nginx.pid;
error_log error.log info;
events {}
http {
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  include headroom.conf;
}
`;

/** What `compose.yaml` makes of the shipped configuration, by its own command. */
export function configurationOfCompose(): string {
  const { services } = parse(readFileSync(join(root, 'compose.yaml'), 'utf8')) as {
    services: { nginx: { command: string[] } };
  };
  const [shell, option, line] = services.nginx.command.map((word) => word.replaceAll('$$', '$'));
  const [making = ''] = line!.split(' > /etc/nginx/conf.d/default.conf && exec nginx ');
  return execFileSync(shell!, [option!, making.replace('/headroom.conf', shipped)], { encoding: 'utf8' });
}

/** A configuration with other addresses, files or times; each must be in it. */
export function changed(configuration: string, changes: readonly (readonly [string, string])[]): string {
  return changes.reduce((text, [theirs, ours]) => {
    if (!text.includes(theirs)) throw new Error(`The configuration of nginx has no "${theirs}"`);
    return text.replaceAll(theirs, ours);
  }, configuration);
}

/** The system's nginx in the foreground, with the shipped configuration but for its addresses. */
export class Nginx {
  private constructor(
    readonly url: string,
    private readonly folder: string,
    private readonly process: ChildProcess,
  ) {}

  static before(serverUrl: string, changes: readonly (readonly [string, string])[] = []): Promise<Nginx> {
    const configuration = changed(readFileSync(shipped, 'utf8'), [
      ['server 127.0.0.1:8000;', `server ${new URL(serverUrl).host};`],
      ['/var/log/nginx/headroom.log', 'access.log'],
      ...changes,
    ]);
    return Nginx.with(configuration);
  }

  /** Ready when the server behind it answers. */
  static async with(configuration: string): Promise<Nginx> {
    const folder = mkdtempSync(join(tmpdir(), 'headroom-nginx-'));
    mkdirSync(join(folder, 'logs'));
    const port = await freePort();
    const here = changed(configuration, [['\n  listen 80;', `\n  listen 127.0.0.1:${port};`]]);
    writeFileSync(join(folder, 'headroom.conf'), here);
    writeFileSync(join(folder, 'nginx.conf'), around);
    const child = spawn(executable!, ['-p', folder, '-c', 'nginx.conf', '-e', 'start.log'], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const stopWithTests = () => child.kill('SIGTERM');
    process.once('exit', stopWithTests);
    child.once('close', () => process.removeListener('exit', stopWithTests));
    const nginx = new Nginx(`http://127.0.0.1:${port}`, folder, child);
    await waitFor(async () => {
      if (child.exitCode !== null) throw new Error(`nginx ended:\n${nginx.logs()}`);
      return fetch(`${nginx.url}/api/health/live`).then(
        ({ status }) => status === 200,
        () => false,
      );
    }, 120_000);
    return nginx;
  }

  /** All that it has written down. */
  logs(): string {
    const files = ['access.log', 'error.log', 'start.log'].map((name) => join(this.folder, name));
    return files.map((file) => (existsSync(file) ? readFileSync(file, 'utf8') : '')).join('');
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.process.once('close', resolve));
    if (this.process.exitCode === null) {
      this.process.kill('SIGTERM');
      await closed;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}
