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
   * Starts a command in the stage, as its process 1. The stage is mounted for this command alone: overlayfs does not take
   * the same folders twice, so there may be one command at a time. `runBeside` joins one that runs.
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
    const script = `set -e; ${mounts.join('; ')}; exec chroot ${this.root} "$@"`;
    const namespaces = ['--mount', '--pid', '--fork', '--kill-child', '--propagation', 'private'];
    const inside = this.#asUser(command, env);
    return spawn('unshare', [...namespaces, 'sh', '-c', script, 'sh', ...inside], { stdio });
  }

  /** Runs a command to its end; the text that it wrote, or null when it failed. */
  async run(command, options = {}) {
    return textOf(this.start(command, { ...options, stdio: ['ignore', 'pipe', 2] }));
  }

  /**
   * Runs a command to its end in the namespaces and on the root of one that `start` has started, as an engine runs a
   * health check; the text that it wrote, or null when it failed or the other one has not got to its root yet.
   */
  async runBeside(started, command, { env = {} } = {}) {
    const first = firstChildOf(started.pid);
    if (first === null || !existsSync(`/proc/${first}/root${this.workdir}`)) return null;
    const enter = ['--target', first, '--mount', '--pid', '--root'];
    const stdio = ['ignore', 'pipe', 2];
    return textOf(spawn('nsenter', [...enter, ...this.#asUser(command, env)], { stdio }));
  }

  /** What goes before a command so that it has the stage's folder, variables and user. */
  #asUser(command, env) {
    const variables = Object.entries({ ...this.env, ...env }).map(([name, value]) => `${name}=${value}`);
    const place = ['env', '-i', '-C', this.workdir, ...variables];
    if (this.user === 'root') return [...place, ...command];
    const { uid, gid } = nodeUser;
    const identity = [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'];
    return [...place, 'setpriv', ...identity, '--no-new-privs', '--bounding-set=-all', ...command];
  }

  #addUser(file, line) {
    const place = join(this.layer, file);
    mkdirSync(join(place, '..'), { recursive: true });
    copyFileSync(file, place);
    const text = readFileSync(place, 'utf8');
    if (!/^node:/m.test(text)) writeFileSync(place, `${text.trimEnd()}\n${line}\n`);
  }
}

/** The process that `unshare` has forked: process 1 of the stage; null when there is none (any more). */
export function firstChildOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0] || null;
  } catch {
    return null;
  }
}

async function textOf(child) {
  let text = '';
  child.stdout.on('data', (chunk) => (text += chunk));
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) process.stderr.write(text.slice(-5000));
  return code === 0 ? text : null;
}
