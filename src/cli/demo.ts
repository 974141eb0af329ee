import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import {
  answered,
  ApiError,
  requireServer,
  ServerUnreachableError,
  Session,
  type Credentials,
} from '@app/client';
import { askPassword } from './demo/ask-password.js';
import {
  checkLines,
  LineDisplay,
  resultTable,
  silentDisplay,
  TableDisplay,
  type Display,
} from './demo/display.js';
import { isFinished, signInDemoUser, type DemoUser } from './demo/demo-user.js';
import { checkIsolation, type Check } from './demo/isolation.js';
import { planBacktests } from './demo/plan.js';
import { PostedBacktest, type BacktestReport } from './demo/posted-backtest.js';

const userNames = ['demo-ana', 'demo-ben'] as const;
const usage = `Usage: npm run demo [-- OPTIONS]

Drives a running server as two users would: ${userNames.join(' and ')} post backtests at the same time, follow
their own event streams and read their results; then each looks for the other's tasks and must not find any.
The two are made by the admin if need be, and get new random passwords.

  --url URL              the server (default http://127.0.0.1 at PORT, else at 8000)
  --admin-user NAME      an admin (default: ADMIN_USERNAME, else admin)
  --admin-password WORD  default: HEADROOM_ADMIN_PASSWORD, else ADMIN_PASSWORD, else asked for on the terminal
  --backtests N          how many to post in all (default 12)
  --timeout SECONDS      how long to wait for them (default 900)
  --json                 print one JSON object on standard output and nothing else there
  --help                 this text

Ends with 0 when all backtests completed and neither user saw the other's tasks, with 1 otherwise.
`;

/** Something that the user of the command can put right. */
class UsageError extends Error {
  override readonly name = 'UsageError';
}

interface Settings {
  readonly url: string;
  readonly admin: { readonly username: string; readonly password: string | null };
  readonly backtests: number;
  readonly timeoutS: number;
  readonly json: boolean;
}

interface Outcome {
  readonly ok: boolean;
  readonly url: string;
  readonly seconds: number;
  readonly backtests: readonly BacktestReport[];
  readonly users: readonly { username: string; backtests: number; events: number; reconnects: number }[];
  readonly isolation: { readonly ok: boolean; readonly checks: readonly Check[] };
}

/** Reads the command line and the environment; null when only help is asked for. */
function settingsOf(args: string[]): Settings | null {
  const given = (name: string) => (process.env[name] === '' ? undefined : process.env[name]);
  const { values } = parseArgs({
    args,
    options: {
      url: { type: 'string', default: `http://127.0.0.1:${given('PORT') ?? '8000'}` },
      'admin-user': { type: 'string' },
      'admin-password': { type: 'string' },
      backtests: { type: 'string', default: '12' },
      timeout: { type: 'string', default: '900' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return null;
  if (!URL.canParse(values.url) || !/^https?:/.test(values.url)) {
    throw new UsageError(`--url is "${values.url}"; it must be an http or https address.`);
  }
  return {
    url: values.url.replace(/\/+$/, ''),
    admin: {
      username: values['admin-user'] ?? given('ADMIN_USERNAME') ?? 'admin',
      password:
        values['admin-password'] ?? given('HEADROOM_ADMIN_PASSWORD') ?? given('ADMIN_PASSWORD') ?? null,
    },
    backtests: countOf('--backtests', values.backtests, 2, 500),
    timeoutS: countOf('--timeout', values.timeout, 1, 86_400),
    json: values.json,
  };
}

function countOf(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new UsageError(`${name} is "${text}"; it must be a whole number from ${least} to ${most}.`);
}

async function runDemo(settings: Settings, display: Display): Promise<Outcome> {
  const startedAt = Date.now();
  const { url } = settings;
  await requireServer(url);
  const admin = await signInAdmin(settings);
  const users: DemoUser[] = [];
  for (const name of userNames) users.push(await signInDemoUser(url, admin, name));
  display.say(`${userNames.join(' and ')} post ${settings.backtests} backtests to ${url}.\n`);

  const posted: PostedBacktest[] = [];
  const stop = AbortSignal.timeout(settings.timeoutS * 1000);
  await followUntilFinished(users, posted, stop, display, () => postAll(users, settings.backtests, posted));
  display.finish(posted);

  const backtests: BacktestReport[] = [];
  for (const one of posted) backtests.push(await one.report());
  const checks: Check[] = [];
  for (const user of users) {
    const others = posted.filter((one) => one.user !== user).map(({ id }) => id);
    checks.push(...(await checkIsolation(user, others)));
  }
  const isolation = { ok: checks.every(({ ok }) => ok), checks };
  return {
    ok: isolation.ok && backtests.every((report) => report.status === 'completed' && report.adds_up === true),
    url,
    seconds: (Date.now() - startedAt) / 1000,
    backtests,
    users: users.map((user) => ({
      username: user.name,
      backtests: posted.filter((one) => one.user === user).length,
      events: user.events,
      reconnects: user.reconnects,
    })),
    isolation,
  };
}

async function signInAdmin({ url, admin: { username, password } }: Settings): Promise<Session> {
  try {
    return await Session.signIn(url, await adminCredentials(url, username, password));
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) {
      throw new UsageError(
        `The server does not take this password of "${username}". The first start prints the admin's password ` +
          'once; name it with --admin-password or HEADROOM_ADMIN_PASSWORD.',
      );
    }
    throw error;
  }
}

async function adminCredentials(url: string, username: string, known: string | null): Promise<Credentials> {
  if (known !== null) return { username, password: known };
  const isTerminal = process.stdin.isTTY && process.stderr.isTTY;
  const password = isTerminal ? await askPassword(`Password of ${username} at ${url}: `) : null;
  if (password === null || password === '') {
    throw new UsageError('The admin’s password is needed: --admin-password or HEADROOM_ADMIN_PASSWORD.');
  }
  return { username, password };
}

/** Posts for the users in turn, all at once. */
async function postAll(users: readonly DemoUser[], count: number, posted: PostedBacktest[]): Promise<void> {
  const posts = planBacktests(count).map((plan, i) => PostedBacktest.post(users[i % users.length]!, plan));
  posted.push(...(await Promise.all(posts)));
}

/** Follows every user's stream from before the first post until the last task is over. */
async function followUntilFinished(
  users: readonly DemoUser[],
  posted: readonly PostedBacktest[],
  stop: AbortSignal,
  display: Display,
  post: () => Promise<void>,
): Promise<void> {
  const finished = new AbortController();
  const signal = AbortSignal.any([finished.signal, stop]);
  let hasPosted = false;
  const look = () => {
    display.update(posted);
    if (hasPosted && posted.every((one) => one.task !== null && isFinished(one.task))) finished.abort();
  };
  const opened: Promise<void>[] = [];
  const streams = users.map((user) => {
    let open: () => void = () => undefined;
    opened.push(new Promise((resolve) => (open = resolve)));
    return followUser(user, { signal, open, posted, look });
  });
  const following = Promise.all(streams);
  try {
    await Promise.race([Promise.all(opened), following]);
    await Promise.race([post(), following]);
    hasPosted = true;
    look();
    await following;
  } finally {
    finished.abort();
    await Promise.allSettled(streams);
  }
  if (stop.aborted) throw new UsageError('The backtests did not finish in time; --timeout gives them more.');
}

/** Takes in what one user's stream tells, until `signal` is aborted. */
async function followUser(
  user: DemoUser,
  {
    signal,
    open,
    posted,
    look,
  }: { signal: AbortSignal; open: () => void; posted: readonly PostedBacktest[]; look: () => void },
): Promise<void> {
  for await (const event of user.session.events({ signal, onReconnect: () => (user.reconnects += 1) })) {
    const { lostTouch } = user.receive(event);
    open();
    if (lostTouch) await catchUp(user, posted);
    look();
  }
}

/** Asks for tasks that ended while the stream was away and are not among the last that it shows. */
async function catchUp(user: DemoUser, posted: readonly PostedBacktest[]): Promise<void> {
  for (const one of posted) {
    if (one.user !== user || (one.task !== null && isFinished(one.task))) continue;
    const path = { task_id: one.id };
    user.put(await answered(user.session.api.GET('/api/tasks/{task_id}', { params: { path } })));
  }
}

function explain(error: unknown): { code: string; message: string } {
  const code = error instanceof ApiError ? (error.problem?.code ?? `HTTP_${error.status}`) : null;
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof ServerUnreachableError) {
    const how = 'Start one with "npm start", or name it with --url.';
    return { code: 'SERVER_AWAY', message: `${message} ${how}` };
  }
  if (error instanceof UsageError) return { code: 'USAGE', message };
  return { code: code ?? 'FAILED', message };
}

function summaryOf(outcome: Outcome): string {
  const { backtests, isolation, seconds } = outcome;
  const completed = backtests.filter(({ status }) => status === 'completed').length;
  const queued = backtests.filter((report) => report.queued).length;
  const waited =
    queued > 0
      ? `${queued} of them after waiting for the machine`
      : 'none had to wait: this machine had room for all at once, --backtests asks for more';
  const privacy = isolation.ok ? 'Neither user saw the other’s tasks.' : 'A user saw the other’s tasks.';
  return `${completed} of ${backtests.length} backtests completed in ${seconds.toFixed(1)} s; ${waited}.\n${privacy}`;
}

async function main(args: string[]): Promise<number> {
  const json = args.includes('--json');
  try {
    if (existsSync('.env')) process.loadEnvFile('.env');
    const settings = settingsOf(args);
    if (settings === null) {
      process.stdout.write(usage);
      return 0;
    }
    const live = process.stdout.isTTY ? new TableDisplay(process.stdout) : new LineDisplay(process.stdout);
    const display = json ? silentDisplay : live;
    const outcome = await runDemo(settings, display);
    if (json) process.stdout.write(`${JSON.stringify(outcome)}\n`);
    display.say(`\n${resultTable(outcome.backtests)}\n`);
    display.say(`${checkLines(outcome.isolation.checks)}\n`);
    display.say(summaryOf(outcome));
    return outcome.ok ? 0 : 1;
  } catch (error) {
    const explained = explain(error);
    if (json) process.stdout.write(`${JSON.stringify({ ok: false, error: explained })}\n`);
    process.stderr.write(`${explained.message}\n`);
    return 1;
  }
}

process.exitCode = await main(process.argv.slice(2));
