import { Leftovers } from './leftovers.mjs';
import { Unable } from './site.mjs';
import {
  postgresPrograms,
  PostgresServer,
  SeededRandom,
  templateFolder,
} from '../../dist/tools/test-kit/index.js';

/** The longest first, so that those played side by side end together. */
const names = [
  'busy-machine',
  'stopped-node',
  'kill-database',
  'torn-result',
  'kill-node',
  'broken-tasks',
  'full-folder',
  'kill-server',
  'no-descriptors',
  'stopped-at-completion',
  'first-start',
  'kill-child',
];
const mostShown = 12;

/** The scenarios by name. */
export async function scenarios() {
  const modules = await Promise.all(names.map((name) => import(`./scenarios/${name}.mjs`)));
  return new Map(names.map((name, i) => [name, modules[i]]));
}

/**
 * Plays scenarios on stores, so many side by side; one that says `isAlone` is played after them, by itself.
 *
 * @param only names of scenarios; null for all
 * @returns `{seed, rounds, passed, failed, skipped, seconds, runs: [{scenario, store, outcome, ...}]}`
 */
export async function playAll({ seed, rounds, stores, only, atOnce, say }) {
  const leftovers = new Leftovers();
  const endAtOnce = (signal) => {
    say(`${signal}: cleaning up`);
    process.exit(130);
  };
  const clear = () => leftovers.clear();
  process.once('SIGINT', endAtOnce).once('SIGTERM', endAtOnce).once('SIGHUP', endAtOnce).once('exit', clear);
  // Made before scenarios are played at once, each of which would make its own.
  templateFolder();
  const serverUrl = sharedPostgres(leftovers);
  const startedAt = performance.now();
  const played = [...(await scenarios())]
    .filter(([name]) => only === null || only.includes(name))
    .flatMap(([name, scenario]) =>
      scenario.stores.filter((store) => stores.includes(store)).map((store) => ({ name, scenario, store })),
    );
  const runs = [];
  const playInTurn = async (turns) => {
    for (const [n, { name, scenario, store }] of turns) {
      const random = new SeededRandom(seed ^ hash(`${name} ${store}`));
      const own = new Leftovers();
      const forget = leftovers.add(() => own.clear());
      runs[n] = await play(scenario, { name, store, rounds, random, leftovers: own, serverUrl, say });
      forget();
    }
  };
  try {
    const turns = (isAlone) =>
      [...played.entries()].filter(([, { scenario }]) => (scenario.isAlone ?? false) === isAlone).values();
    const together = turns(false);
    await Promise.all(Array.from({ length: atOnce }, () => playInTurn(together)));
    await playInTurn(turns(true));
  } finally {
    leftovers.clear();
    process.off('exit', clear).off('SIGINT', endAtOnce).off('SIGTERM', endAtOnce).off('SIGHUP', endAtOnce);
  }
  const of = (outcome) => runs.filter((run) => run.outcome === outcome).length;
  const seconds = secondsSince(startedAt);
  return { seed, rounds, passed: of('passed'), failed: of('failed'), skipped: of('skipped'), seconds, runs };
}

async function play(scenario, { name, store, say, ...context }) {
  const startedAt = performance.now();
  const run = { scenario: name, store };
  let saidAt = startedAt;
  const progress = (text) => {
    if (performance.now() - saidAt < 15_000) return;
    saidAt = performance.now();
    say(`  ${name} on ${store}, ${text}`);
  };
  say(`${name} on ${store}: ${scenario.about}`);
  try {
    const { violations, counts } = await new Promise((resolve, reject) => {
      const crashed = (what) => reject(new Error(what));
      scenario.play({ ...context, store, progress, crashed }).then(resolve, reject);
    });
    Object.assign(run, { outcome: violations.length === 0 ? 'passed' : 'failed', counts, violations });
  } catch (error) {
    const unable = error instanceof Unable;
    const told = unable ? error.message : (error.stack ?? String(error));
    Object.assign(
      run,
      unable ? { outcome: 'skipped', why: told } : { outcome: 'failed', violations: [told] },
    );
  }
  run.seconds = secondsSince(startedAt);
  const counts = Object.entries(run.counts ?? {}).map(([what, count]) => `${what} ${count}`);
  const why = run.why ? `: ${run.why}` : '';
  say(`  ${name} on ${store} ${run.outcome} after ${run.seconds} s${why} ${counts.join(', ')}`);
  for (const line of (run.violations ?? []).slice(0, mostShown)) say(`  - ${line}`);
  const more = (run.violations?.length ?? 0) - mostShown;
  if (more > 0) say(`  - and ${more} more`);
  return run;
}

/** The server of `TEST_DATABASE_URL`, or one of our own that is started when a scenario first asks for it. */
function sharedPostgres(leftovers) {
  let url = process.env.TEST_DATABASE_URL ? Promise.resolve(process.env.TEST_DATABASE_URL) : null;
  return () => {
    if (url === null && postgresPrograms() === null) {
      throw new Unable('there is no PostgreSQL in /usr/lib/postgresql, and TEST_DATABASE_URL is not set');
    }
    url ??= PostgresServer.start({ fsync: 'off' }).then((server) => {
      leftovers.add(() => server.remove());
      return server.url;
    });
    return url;
  };
}

function secondsSince(startedAt) {
  return Math.round((performance.now() - startedAt) / 100) / 10;
}

function hash(text) {
  let value = 2166136261;
  for (const letter of text) value = Math.imul(value ^ letter.charCodeAt(0), 16777619);
  return value;
}
