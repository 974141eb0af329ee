import { join } from 'node:path';
import {
  freePort,
  HostTree,
  killTree,
  lastLines,
  ServerProcess,
  waitFor,
} from '../../dist/tools/test-kit/index.js';

export const adminPassword = 'correct-horse-battery-staple';
const pluginOf = (name) => join(import.meta.dirname, '..', 'plugins', name);
const plugin = pluginOf('misbehaviour.mjs');
/** The value of `HEADROOM_PLUGINS` for a server that has the broken tasks as well. */
export const brokenPlugins = `${plugin},${pluginOf('broken-tasks.mjs')}`;
const startMs = 120_000;
const keptLogChars = 2_000_000;
/** More than a test machine has: several tasks are to run at a time. */
const machine = { cpuCores: 6, ramGb: 8 };

/** The built server in a process of its own, to be killed, stopped and started again on the same folder and port. */
export class Server {
  /** Ends that nothing here asked for. */
  crashes = [];
  /** Told of such an end after the server has been ready. */
  onCrash = null;
  #host = new HostTree(machine);
  #earlierLog = '';
  #process = null;

  constructor(name, port, environment, leftovers) {
    this.name = name;
    this.port = port;
    this.environment = environment;
    this.leftovers = leftovers;
  }

  static async make(name, environment, leftovers) {
    const server = new Server(name, await freePort(), environment, leftovers);
    leftovers.add(() => server.#remove());
    return server;
  }

  get url() {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Null while no process of it lives. */
  get pid() {
    return this.#process === null || this.#process.hasEnded ? null : this.#process.pid;
  }

  get dataDir() {
    return this.environment.HEADROOM_DATA_DIR;
  }

  get log() {
    return this.#earlierLog + (this.#process?.log ?? '');
  }

  async start() {
    await this.launch();
  }

  /** Starts the process; resolves when it is ready and rejects at once when it ends before. */
  async launch() {
    if (this.leftovers.isCleared) throw new Error('The scenario is over.');
    this.#earlierLog = this.log.slice(-keptLogChars);
    const started = new ServerProcess({
      name: this.name,
      environment: {
        PORT: String(this.port),
        ADMIN_PASSWORD: adminPassword,
        JWT_SECRET: 'only-for-the-fault-suite-and-long-enough',
        HEADROOM_HOST_ROOT: this.#host.root,
        HEADROOM_REQUESTS_PER_USER: '0',
        HEADROOM_REQUESTS_PER_ADDRESS: '0',
        HEADROOM_PLUGINS: plugin,
        HEADROOM_STOP_GRACE_S: '2',
        ...this.environment,
      },
      detached: true,
    });
    this.#process = started;
    void started.ended.then(() => {
      const crash = started.unexpectedEnd();
      if (crash === null) return;
      this.crashes.push(crash.message);
      this.onCrash?.(crash.message);
    });
    await started.ready(startMs);
  }

  /** Sends a signal that ends the process; resolves with its exit code (null: by the signal). */
  async end(signal = 'SIGKILL', withinMs = 60_000) {
    if (this.pid === null) return null;
    let code;
    void this.#process.end(signal).then((value) => (code = value));
    await waitFor(() => code !== undefined, withinMs, `${this.name} ends on ${signal}`);
    return code;
  }

  /** A signal that does not end it, as SIGSTOP. */
  signal(signal) {
    this.#process.signal(signal);
  }

  lastLines(count = 15) {
    return lastLines(this.log, count);
  }

  #remove() {
    void this.#process?.expectEnd();
    if (this.pid !== null) killTree(this.pid);
    this.#host.remove();
  }
}
