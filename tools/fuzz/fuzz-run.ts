import { setTimeout as delay } from 'node:timers/promises';
import type { Task } from '@app/contracts';
import { boundedText } from '@app/text';
import type { OpenApiDocument } from '../../src/openapi/open-api-types.js';
import { backtestRequestExample } from '../../src/openapi/examples.js';
import { SeededRandom } from '../test-kit/index.js';
import type { FuzzedServer } from './fuzzed-server.js';
import { faultIn, type ReceivedAnswer } from './judge.js';
import { RequestPlanner, type PlannedRequest, type Role } from './plan-request.js';

const mostFaults = 20;
const mostIds = 200;
const forgedToken = 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiIsInR5cCI6ImFjY2VzcyJ9.';

interface Fault {
  /** Which of the requests it was, from 0. */
  readonly number: number;
  readonly request: string;
  readonly fault: string;
  readonly answer: string;
}

export interface FuzzReport {
  readonly seed: number;
  readonly requests: number;
  readonly seconds: number;
  readonly operations: number;
  /** How many answers had each status. */
  readonly statuses: Readonly<Record<string, number>>;
  readonly codes: Readonly<Record<string, number>>;
  readonly faults: readonly Fault[];
  /** What is wrong with the server after it; null when nothing is. */
  readonly unhealthy_after: string | null;
}

/** Sends so many planned requests, judges each answer, and looks after the server's health at the end. */
export async function fuzz(
  server: FuzzedServer,
  options: { seed: number; requests: number; onProgress: (done: number) => void },
): Promise<FuzzReport> {
  const startedAt = performance.now();
  const document = (await server.ask('GET', '/api/openapi.json')) as OpenApiDocument;
  const ids: string[] = [];
  const planner = new RequestPlanner(document, new SeededRandom(options.seed), ids);
  const accounts = new Accounts(server);
  const statuses: Record<string, number> = {};
  const codes: Record<string, number> = {};
  const called = new Set<string>();
  const faults: Fault[] = [];
  for (let number = 0; number < options.requests && faults.length < mostFaults; number += 1) {
    const planned = planner.next();
    called.add(planned.operation.operationId);
    const { answer, fault } = await tryOut(server, accounts, planned);
    if (answer) {
      statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
      const code = /"code":"([A-Z_]+)"/.exec(answer.text)?.[1];
      if (answer.status >= 400 && code !== undefined) codes[code] = (codes[code] ?? 0) + 1;
      remember(ids, answer);
      if (planned.operation.method === 'DELETE' && answer.status === 204) server.restoreSamples();
    }
    if (fault !== null)
      faults.push({ number, request: shown(planned), fault, answer: boundedText(answer?.text ?? '', 500) });
    if (number % 100 === 99) options.onProgress(number + 1);
    if (!server.isRunning) break;
  }
  return {
    seed: options.seed,
    requests: options.requests,
    seconds: Math.round((performance.now() - startedAt) / 100) / 10,
    operations: called.size,
    statuses,
    codes,
    faults,
    unhealthy_after: await ailment(server),
  };
}

async function tryOut(
  server: FuzzedServer,
  accounts: Accounts,
  planned: PlannedRequest,
): Promise<{ answer: ReceivedAnswer | null; fault: string | null }> {
  try {
    const token = await accounts.tokenOf(planned.role);
    const headers = { ...planned.headers, ...(token !== null && { authorization: `Bearer ${token}` }) };
    const { url, body, operation } = planned;
    const answer = await server.send({ method: operation.method, url, headers, body });
    if (answer.status === 401 || operation.path.startsWith('/api/auth/')) accounts.doubt(planned.role);
    return { answer, fault: faultIn(planned, answer) };
  } catch (error) {
    const end = server.end?.split('\n', 1)[0] ?? null;
    return { answer: null, fault: `no answer: ${String(error)}${end === null ? '' : `; ${end}`}` };
  }
}

/** The fuzzed requests' own accounts: made anew whenever one has locked itself out. */
class Accounts {
  readonly #tokens = new Map<Role, string>();
  readonly #doubted = new Set<Role>();
  #made = 0;

  constructor(private readonly server: FuzzedServer) {}

  async tokenOf(role: Role): Promise<string | null> {
    if (role === 'anonymous') return null;
    if (role === 'forger') return forgedToken;
    const token = this.#tokens.get(role);
    if (token !== undefined && (!this.#doubted.has(role) || (await this.#stands(token, role)))) return token;
    return await this.#make(role);
  }

  /** The next request of this role looks first whether its login still stands. */
  doubt(role: Role): void {
    this.#doubted.add(role);
  }

  async #stands(token: string, role: Role): Promise<boolean> {
    this.#doubted.delete(role);
    const me = await this.server.ask('GET', '/api/auth/me', undefined, token).catch(() => null);
    return (me as { role?: string } | null)?.role === role;
  }

  async #make(role: 'user' | 'admin'): Promise<string> {
    this.#made += 1;
    const credentials = { username: `fuzz-${role}-${this.#made}`, password: 'a password for fuzzing' };
    await this.server.askAsKeeper('POST', '/api/users', { ...credentials, role });
    const token = await this.server.signIn(credentials);
    this.#tokens.set(role, token);
    return token;
  }
}

/** Ids in answers are what later requests ask for. */
function remember(ids: string[], { status, text }: ReceivedAnswer): void {
  if (status !== 202 && status !== 201) return;
  for (const [, id] of text.matchAll(/"\w+_id":"([0-9a-f-]{36})"/g)) ids.push(id!);
  ids.splice(0, Math.max(0, ids.length - mostIds));
}

/** Null when it is ready, and able to take a backtest to its end. */
async function ailment(server: FuzzedServer): Promise<string | null> {
  try {
    await server.ask('GET', '/api/health/ready');
    await server.askAsKeeper('POST', '/api/system/queue/resume');
    const order = { ...backtestRequestExample, cache: false, title: 'after the fuzzing' };
    const { backtest_id } = (await server.askAsKeeper('POST', '/api/backtests/run', order)) as {
      backtest_id: string;
    };
    let task: Task | null = null;
    for (let waited = 0; waited < 1200; waited += 1) {
      task = (await server.askAsKeeper('GET', `/api/tasks/${backtest_id}`)) as Task;
      if (task.status === 'completed') return null;
      if (task.status !== 'queued' && task.status !== 'running')
        return `a backtest ended as ${task.status}: ${task.error?.code ?? ''} ${task.error?.message ?? ''}`;
      await delay(100);
    }
    return `a backtest did not end in two minutes: it is ${task?.status ?? 'lost'}, ${task?.wait_reason ?? ''}`;
  } catch (error) {
    return String(error);
  }
}

function shown({ operation, role, url, headers, body }: PlannedRequest): string {
  const said = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [`${operation.method} ${url} as ${role}`, ...said, boundedText(body ?? '', 1000)].join('\n');
}
