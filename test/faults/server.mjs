import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { freePort } from './free-port.mjs';
import { serverEntry, treeOf } from './processes.mjs';
import { eventually } from './waiting.mjs';

export const adminPassword = 'correct-horse-battery-staple';
const pluginOf = (name) => join(import.meta.dirname, '..', 'plugins', name);
const plugin = pluginOf('misbehaviour.mjs');
/** The value of `HEADROOM_PLUGINS` for a server that has the broken tasks as well. */
export const brokenPlugins = `${plugin},${pluginOf('broken-tasks.mjs')}`;
const startMs = 120_000;

/** The built server in a process of its own, to be killed, stopped and started again on the same folder and port. */
export class Server {
  log = '';
  /** Ends that nobody asked for. */
  crashes = [];
  /** Told of such an end after the server has been ready. */
  onCrash = null;
  #process = null;
  #isMeantToEnd = false;

  constructor(name, port, environment, leftovers) {
    this.name = name;
    this.port = port;
    this.environment = environment;
    this.leftovers = leftovers;
  }

  static async make(name, environment, leftovers) {
    const server = new Server(name, await freePort(), environment, leftovers);
    leftovers.add(() => server.#killTree());
    return server;
  }

  get url() {
    return `http://127.0.0.1:${this.port}`;
  }

  get pid() {
    return this.#process?.pid ?? null;
  }

  get dataDir() {
    return this.environment.HEADROOM_DATA_DIR;
  }

  async start() {
    const ready = this.launch();
    await ready;
  }

  /** Starts the process; resolves when it is ready and rejects when it ends before. */
  async launch() {
    if (this.leftovers.isCleared) throw new Error('The scenario is over.');
    this.#isMeantToEnd = false;
    const child = spawn(process.execPath, [serverEntry], {
      env: {
        PATH: process.env.PATH,
        PORT: String(this.port),
        ADMIN_PASSWORD: adminPassword,
        JWT_SECRET: 'only-for-the-fault-suite-and-long-enough',
        // More than a test machine has, so that what else it does leaves room for some.
        HEADROOM_CPU_CORES: '6',
        HEADROOM_RAM_GB: '8',
        HEADROOM_REQUESTS_PER_USER: '0',
        HEADROOM_REQUESTS_PER_ADDRESS: '0',
        HEADROOM_PLUGINS: plugin,
        HEADROOM_STOP_GRACE_S: '2',
        ...this.environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    this.#process = child;
    const from = this.log.length;
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => (this.log = (this.log + chunk).slice(-2_000_000)));
    }
    let isOver = false;
    child.once('exit', (code, signal) => {
      isOver = true;
      if (this.#process === child) this.#process = null;
      if (!this.#isMeantToEnd) {
        const crash = `${this.name} ended by itself (${signal ?? code}): ${this.lastLines(30)}`;
        this.crashes.push(crash);
        this.onCrash?.(crash);
      }
    });
    await eventually(
      () => isOver || this.log.slice(from).includes('Headroom is ready'),
      startMs,
      () => `${this.name} is ready; its log ends: ${this.lastLines()}`,
    );
    if (isOver) throw new Error(`${this.name} did not start: ${this.lastLines(30)}`);
  }

  /** Sends a signal that ends the process; resolves with its exit code (null: by the signal). */
  async end(signal = 'SIGKILL', withinMs = 60_000) {
    this.#isMeantToEnd = true;
    const child = this.#process;
    if (child === null) return null;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    let code;
    void ended.then((value) => (code = value));
    await eventually(() => code !== undefined, withinMs, `${this.name} ends on ${signal}`);
    return code;
  }

  /** A signal that does not end it, as SIGSTOP. */
  signal(signal) {
    this.#process.kill(signal);
  }

  lastLines(count = 15) {
    return this.log.trim().split('\n').slice(-count).join('\n');
  }

  #killTree() {
    this.#isMeantToEnd = true;
    const pid = this.pid;
    if (pid === null) return;
    for (const one of treeOf(pid).reverse()) {
      try {
        process.kill(one, 'SIGKILL');
      } catch {
        // Gone already.
      }
    }
  }
}
