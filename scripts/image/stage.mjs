import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What of this machine a build must not see. */
const hidden = ['/tmp', '/home', '/run', '/srv', '/mnt', '/opt'];
const nodeUser = { uid: 1000, gid: 1000 };

/**
 * One stage of an image: this machine's own system below (a Debian, as the base image is), what the stage adds in a folder
 * above, put together by overlayfs in a mount namespace that ends with each command.
 */
export class Stage {
  env = { PATH: process.env.PATH, HOME: '/root' };
  workdir = '/';
  user = 'root';

  /** @param node a Node to stand in the place of this machine's own, or null */
  constructor(folder, { node, hide }) {
    this.layer = join(folder, 'layer');
    this.work = join(folder, 'work');
    this.root = join(folder, 'root');
    for (const path of [this.layer, this.work, this.root]) mkdirSync(path, { recursive: true });
    this.node = node;
    this.hidden = [...hidden, ...hide].filter((path) => existsSync(path));
    this.#addUser('/etc/passwd', `node:x:${nodeUser.uid}:${nodeUser.gid}::/home/node:/bin/sh`);
    this.#addUser('/etc/group', `node:x:${nodeUser.gid}:`);
  }

  /**
   * Starts a command in the stage, as its process 1.
   *
   * @param options `volumes` by their place; `readOnly`: nothing but the volumes can be written; `env` beside the stage's own
   */
  start(command, { volumes = {}, readOnly = false, env = {}, stdio = ['ignore', 2, 2] } = {}) {
    const mounts = [
      `mount -t overlay overlay -o lowerdir=/,upperdir=${this.layer},workdir=${this.work} ${this.root}`,
      `mount -t proc proc ${this.root}/proc`,
      `mount --rbind /dev ${this.root}/dev`,
      `mount --rbind /sys ${this.root}/sys`,
      ...this.hidden.map((path) => `mount -t tmpfs -o ${readOnly ? 'ro' : 'rw'} tmpfs ${this.root}${path}`),
      ...(this.node ? [`mount --bind ${this.node} ${this.root}${process.execPath}`] : []),
      ...(readOnly ? [`mount -o remount,ro ${this.root}`] : []),
      ...Object.entries(volumes).map(([place, folder]) => `mount --bind ${folder} ${this.root}${place}`),
    ];
    const variables = Object.entries({ ...this.env, ...env }).map(([name, value]) => `${name}=${value}`);
    const { uid, gid } = nodeUser;
    const become =
      this.user === 'root'
        ? []
        : [
            ...['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'],
            ...['--no-new-privs', '--bounding-set=-all'],
          ];
    const script = `set -e; ${mounts.join('; ')}; exec chroot ${this.root} "$@"`;
    return spawn(
      'unshare',
      [
        ...['--mount', '--pid', '--fork', '--kill-child', '--propagation', 'private'],
        ...['sh', '-c', script, 'sh', 'env', '-i', '-C', this.workdir, ...variables, ...become, ...command],
      ],
      { stdio },
    );
  }

  /** Runs a command to its end; the text that it wrote, or null when it failed. */
  async run(command, options = {}) {
    const child = this.start(command, { ...options, stdio: ['ignore', 'pipe', 2] });
    let text = '';
    child.stdout.on('data', (chunk) => (text += chunk));
    const code = await new Promise((resolve) => child.once('close', resolve));
    if (code !== 0) process.stderr.write(text.slice(-5000));
    return code === 0 ? text : null;
  }

  #addUser(file, line) {
    const place = join(this.layer, file);
    mkdirSync(join(place, '..'), { recursive: true });
    copyFileSync(file, place);
    const text = readFileSync(place, 'utf8');
    if (!/^node:/m.test(text)) writeFileSync(place, `${text.trimEnd()}\n${line}\n`);
  }
}
