import { readEmbedded, readPostgres } from './stored-state.mjs';
import { folderIsClean, livesTold, noOrphans, promisesKept, streamsTold } from './checks.mjs';
import { Client } from './client.mjs';
import { Ledger } from './ledger.mjs';
import { Load } from './load.mjs';
import { Server } from './server.mjs';
import { Watcher } from './watcher.mjs';
import {
  createDatabase,
  delay,
  fillDataFolder,
  postgresPrograms,
  PostgresServer,
  waitFor,
} from '../../dist/tools/test-kit/index.js';

/** So long may pass without any task's end: a machine that is busy with something else lets few run at a time. */
const standstillMs = 300_000;
const stopMs = 60_000;
const untouchedMs = 65_000;
const userNames = ['ana', 'ben', 'cleo'];

/**
 * An installation under test: a store, a data folder, one or more servers, users with their streams, and the
 * ledger of what was promised to them.
 */
export class Site {
  servers = [];
  users = [];
  watchers = [];
  ledger = new Ledger();
  violations = [];
  counts = { kills: 0 };
  load = null;
  admin = null;
  /** The PostgreSQL server when it is this site's own. */
  postgres = null;
  #databaseUrl = null;
  #drop = null;
  #crashed = null;

  constructor(store, random, leftovers) {
    this.store = store;
    this.random = random;
    this.leftovers = leftovers;
  }

  /**
   * @param store `embedded` or `postgres`
   * @param ownServer whether PostgreSQL is to be one that the scenario may kill
   * @param folder the data folder; a new one by default
   */
  static async open({ store, random, leftovers, serverUrl, crashed }, { ownServer = false, folder } = {}) {
    const site = new Site(store, random, leftovers);
    site.#crashed = crashed;
    site.dataDir = folder ?? leftovers.folder('data');
    fillDataFolder(site.dataDir, { database: store === 'embedded' });
    if (store === 'embedded') return site;
    if (ownServer) {
      if (postgresPrograms() === null) throw new Unable('there is no PostgreSQL in /usr/lib/postgresql');
      site.postgres = await PostgresServer.start({ fsync: 'off' });
      leftovers.add(() => site.postgres.remove());
    }
    const database = await createDatabase(site.postgres?.url ?? (await serverUrl()));
    site.#databaseUrl = database.url;
    site.#drop = leftovers.add(() => database.dropNow());
    return site;
  }

  /** Starts a further server; one that serves clients is known to those that sign in later. */
  async addServer(name, environment = {}) {
    const server = await Server.make(
      name,
      {
        HEADROOM_DATA_DIR: this.dataDir,
        HEADROOM_NODE_ID: name,
        ...(this.#databaseUrl && { DATABASE_URL: this.#databaseUrl }),
        ...environment,
      },
      this.leftovers,
    );
    this.servers.push(server);
    await server.start();
    server.onCrash = this.#crashed;
    return server;
  }

  /** Signs the admin and the users in and opens a stream for each of them. */
  async signIn(names = userNames) {
    const serving = this.servers.filter(({ environment }) => environment.HEADROOM_ROLE !== 'worker');
    const urls = serving.map(({ url }) => url);
    const doors = { urls, isOver: () => this.leftovers.isCleared };
    this.admin = await Client.admin(doors, this.random.fork());
    for (const name of names) this.users.push(await Client.user(this.admin, name));
    for (const client of [this.admin, ...this.users]) {
      const watcher = new Watcher(client, `${client.username}'s stream`);
      this.leftovers.add(() => watcher.close());
      this.watchers.push(watcher);
      await waitFor(() => watcher.last >= 0, 120_000, `${client.username}'s stream begins`);
    }
  }

  startLoad(options) {
    this.load = new Load(this.users, this.random.fork(), this.ledger, options);
  }

  /** Kills a server and looks whether its tasks' processes end with it. */
  async kill(server) {
    this.counts.kills += 1;
    await server.end('SIGKILL');
    this.violations.push(...(await noOrphans()));
  }

  /** What is true in the end, whatever happened before; stops the servers. */
  async verify(options = {}) {
    await this.load?.end();
    await this.allEnded();
    await this.#streamsAreThrough();
    this.violations.push(...this.servers.flatMap(({ crashes }) => crashes));
    for (const server of this.servers) {
      const code = await server.end('SIGTERM', stopMs);
      if (code !== 0) this.violations.push(`${server.name} stopped with ${code}: ${server.lastLines()}`);
    }
    for (const watcher of this.watchers) watcher.close();
    if (this.#databaseUrl !== null) await this.#sweepIfNeeded();
    await this.verifyStored(options);
  }

  /** What a kill left in a folder that nodes share is swept up at a start, once nobody has touched it for a while. */
  async #sweepIfNeeded() {
    if (folderIsClean(this.dataDir, await readPostgres(this.#databaseUrl)).length === 0) return;
    await delay(untouchedMs);
    this.counts.swept_at_next_start = 1;
    const [server] = this.servers;
    await server.start();
    await server.end('SIGTERM', stopMs);
  }

  /** The part of it that needs the servers no more. */
  async verifyStored({ allowedCodes = [] } = {}) {
    const state = this.#databaseUrl
      ? await readPostgres(this.#databaseUrl)
      : await readEmbedded(this.dataDir);
    this.violations.push(
      ...this.ledger.violations,
      ...promisesKept(this.ledger, state, allowedCodes),
      ...livesTold(state),
      ...streamsTold(this.watchers, state),
      ...folderIsClean(this.dataDir, state),
      ...(await noOrphans()),
    );
    this.#count(state);
    this.#drop?.();
    this.postgres?.kill();
  }

  /** Waits until nothing is queued and nothing runs, for as long as there are fewer and fewer. */
  async allEnded() {
    let fewest = Infinity;
    for (let left = Infinity; left > 0;) {
      let queue = null;
      await waitFor(
        async () => {
          queue = (await this.admin.get('/api/system/queue')).body;
          left = queue.queued_count + queue.running_count;
          return left < fewest;
        },
        standstillMs,
        () =>
          `every task ends; left are ${JSON.stringify([queue.running_tasks, queue.queued_tasks]).slice(0, 2000)}`,
      );
      fewest = left;
    }
  }

  /** A last task of each viewer: when a stream tells of its end, it has told all that came before. */
  async #streamsAreThrough() {
    for (const { client, name, seen } of this.watchers) {
      const { body } = await client.insist('POST', '/api/misbehaviour', { how: 'sleep' });
      const { task_id } = body;
      this.ledger.accept(task_id, { owner: client, kind: 'sleep' });
      const isTold = () => [...seen.values()].includes(`task_completed ${task_id}`);
      await waitFor(isTold, 180_000, `${name} tells of the end of ${task_id}`).catch((error) =>
        this.violations.push(error.message),
      );
    }
    await this.allEnded();
  }

  #count({ tasks, events }) {
    const statuses = [...tasks.values()].map(({ status }) => status);
    const of = (status) => statuses.filter((one) => one === status).length;
    const again = [...tasks.values()].filter(({ attempt }) => attempt > 1).length;
    Object.assign(this.counts, {
      tasks: tasks.size,
      completed: of('completed'),
      failed: of('failed'),
      cancelled: of('cancelled'),
      more_than_one_attempt: again,
      events: events.length,
      streamed: this.watchers.reduce((sum, { seen }) => sum + seen.size, 0),
      reconnects: this.watchers.reduce((sum, { connections }) => sum + connections - 1, 0),
      ...this.ledger.counts,
    });
  }
}

/** The scenario cannot be played here; the message says why. */
export class Unable extends Error {}
