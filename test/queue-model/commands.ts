import fc from 'fast-check';
import { eq, sql } from 'drizzle-orm';
import { isOutage } from '../../src/database/database-errors.js';
import { taskShards } from '../../src/database/schema.js';
import type { StopReason } from '../../src/queue/domain/attempt-outcome.js';
import { IllegalTransitionError } from '../../src/queue/domain/task-transitions.js';
import type { TaskRow } from '../../src/queue/domain/task-row.js';
import { Task, unmeasured } from '../../src/queue/domain/task.js';
import type { FakeProcess } from '../../src/queue/execution/fake-launcher.fixture.js';
import { Coverage } from './coverage.js';
import { killDuringWrite, shardCount } from './model-node.js';
import { kinds, type Kind, type ModelWorld, type State } from './model-world.js';

/** How often each command met each state. */
export const coverage = new Coverage();

type Action = (world: ModelWorld, row: TaskRow) => Promise<void>;

/** What one command does; the model itself is the world's own bookkeeping. */
class Command implements fc.AsyncCommand<object, ModelWorld> {
  constructor(
    private readonly name: string,
    private readonly text: string,
    private readonly act: (world: ModelWorld) => Promise<void>,
  ) {}

  check(): boolean {
    return true;
  }

  async run(_model: object, world: ModelWorld): Promise<void> {
    try {
      await this.act(world);
    } catch (error) {
      if (!isOutage(error)) throw error;
    }
    await world.quiet();
    world.remember(await world.rows());
    await world.check();
  }

  toString(): string {
    return `${this.name}(${this.text})`;
  }
}

/** A command about the installation: it meets every state that some task is in. */
function global(name: string, act: (world: ModelWorld) => Promise<void>, text = ''): Command {
  return new Command(name, text, async (world) => {
    for (const row of await world.rows()) coverage.count(world.stateOf(row), name);
    await act(world);
  });
}

/** The states that tasks are in least often first. */
const rarestFirst: readonly State[] = [
  'reducing',
  'settling',
  'stopping',
  'elsewhere',
  'cancelled',
  'queued',
  'completed',
  'failed',
  'running',
];

/** A command about one task: half of the time in a random state, else in the rarest that some task is in. */
function onTask(name: string, pick: number, act: Action, text = ''): Command {
  return new Command(name, `${text}${text && ', '}${pick}`, async (world) => {
    const rows = await world.rows();
    const met = new Set(rows.map((row) => world.stateOf(row)));
    const present = rarestFirst.filter((state) => met.has(state));
    if (present.length === 0) return;
    const state = pick % 2 === 0 ? present[(pick / 2) % present.length]! : present[0]!;
    const candidates = rows.filter((row) => world.stateOf(row) === state);
    const row = candidates[Math.floor(pick / 2 / present.length) % candidates.length]!;
    coverage.count(state, name);
    await act(world, row);
  });
}

async function wake(world: ModelWorld): Promise<void> {
  world.node.sample();
  world.node.loop.wake();
  await world.quiet();
}

function processesOf(world: ModelWorld, { taskId, attempt }: TaskRow): FakeProcess[] {
  return world.node.alive.filter(({ order }) => order.taskId === taskId && order.attempt === attempt);
}

/** A report of an attempt that is over, or of one that never was: it must change nothing. */
async function reportLate(world: ModelWorld, row: TaskRow, report: (task: Task) => void): Promise<void> {
  const stale = world.stale.filter(({ id }) => id === row.taskId);
  for (const task of [new Task(row), ...stale]) {
    try {
      report(task);
    } catch (error) {
      if (!(error instanceof IllegalTransitionError)) throw error;
      continue;
    }
    const isCurrent = row.status === 'running' && task.row.attempt === row.attempt;
    if (isCurrent) continue;
    const applied = await world.node.store.apply(task, task.complete(unmeasured));
    if (applied !== null)
      throw new Error(`A late report of attempt ${task.row.attempt} of ${task.id} counted.`);
  }
}

const endings = {
  done: (process: FakeProcess, world: ModelWorld) => world.finish(process),
  failed: (process: FakeProcess) =>
    process.end({ type: 'failed', error: { code: 'TASK_FAILED', message: 'It failed.' } }),
  rejected: (process: FakeProcess) =>
    process.end({ type: 'failed', error: { code: 'TASK_FAILED', message: 'bad \u0000' } }),
  'spawn-failed': (process: FakeProcess) => process.end({ type: 'spawn-failed', message: 'spawn EMFILE' }),
};

type Ending = keyof typeof endings;

/** @param isUnstored the database goes away just before, so the end waits to be stored */
const end = (how: Ending, isUnstored: boolean, pick: number) =>
  onTask(
    'end',
    pick,
    async (world, row) => {
      if (isUnstored) world.engine.isAway = true;
      const [process] = processesOf(world, row);
      if (process !== undefined) await endings[how](process, world);
      else if (world.functions.has(row.taskId)) {
        world.functions.get(row.taskId)!.finish(how === 'done' ? null : new Error('It failed.'));
      } else await reportLate(world, row, (task) => task.complete(unmeasured));
    },
    isUnstored ? `${how}, unstored` : how,
  );

/** The shards of a task are done, one after the other, as far as they are started; then its reduce begins. */
const endShards = (pick: number) =>
  onTask(
    'end',
    pick,
    async (world, row) => {
      for (let n = 0; n <= shardCount; n += 1) {
        for (const process of processesOf(world, row)) {
          if (process.order.shard !== null && process.stops.length === 0) await world.finish(process);
        }
        await wake(world);
      }
    },
    'shards',
  );

/** The process is killed by the system, or is gone without a word. */
const kill = (isSilent: boolean, pick: number) =>
  onTask(
    'kill',
    pick,
    async (world, row) => {
      const [process] = processesOf(world, row);
      if (process === undefined) await reportLate(world, row, (task) => task.requeue());
      else if (process.stops.length > 0) await process.endStopped();
      else if (isSilent) {
        process.isGone = true;
        world.node.watchdog.check();
      } else await killDuringWrite(process);
    },
    isSilent ? 'silent' : 'killed',
  );

const progress = (pick: number) =>
  onTask('progress', pick, async (world, row) => {
    const [process] = processesOf(world, row);
    if (process === undefined) world.node.executor.report(row.taskId, 'late', 0.5);
    else process.observer.onProgress(`step ${pick}`, 0.5);
    await world.node.clock.advance(100);
  });

/** What the memory guard, a shutdown or a lease tick asks of an attempt, at any moment. */
const stop = (reason: StopReason, pick: number) =>
  onTask(
    'stop',
    pick,
    (world, row) => {
      const { executor, reservations } = world.node;
      // An attempt whose end is being stored cannot be lost; any other is lost only with its lease.
      const isLost = reason === 'lost' && world.stateOf(row) !== 'settling';
      if (reason === 'memory') {
        const held = reservations.list().find(({ taskId }) => taskId === row.taskId);
        if (held !== undefined) executor.stopForMemory(held.id, 700);
      } else if (!isLost) executor.stop(row.taskId, reason);
      return Promise.resolve();
    },
    reason,
  );

const cancel = (pick: number) =>
  onTask('cancel', pick, async (world, row) => {
    const task = new Task(row);
    if (task.isQueued) {
      const cancelled = await world.node.store.apply(task, task.cancelQueued());
      if (cancelled !== null) world.node.mirror.onRemoved(row.taskId);
    } else if (task.isRunning) {
      const updated = await world.node.store.update(task, { cancelRequested: true });
      if (updated !== null) world.node.executor.stop(row.taskId, 'cancelled');
    } else if (isAccepted(() => task.cancelQueued())) {
      throw new Error(`Task ${row.taskId} is ${row.status} and could be cancelled.`);
    }
  });

const retry = (pick: number) =>
  onTask('retry', pick, async (world, row) => {
    const task = new Task(row);
    if (row.status === 'failed' || row.status === 'cancelled') {
      const again = await world.node.store.apply(task, task.retry(null));
      if (again !== null) await world.node.mirror.onRequeued(again);
    } else if (isAccepted(() => task.retry(null))) {
      throw new Error(`Task ${row.taskId} is ${row.status} and could be retried.`);
    }
  });

/** Another node finds the lease expired, or claims the task, or ends what it has claimed. */
const lose = (pick: number) =>
  onTask('lose', pick, async (world, row) => {
    const { elsewhere } = world;
    if (row.status === 'running' && row.nodeId === 'elsewhere') {
      const task = new Task(row);
      const completed = await elsewhere.apply(task, task.complete(unmeasured), async (queries) => {
        await queries.delete(taskShards).where(eq(taskShards.taskId, row.taskId));
      });
      if (completed !== null) world.onCompletedElsewhere(row.taskId);
      return;
    }
    let task: Task | null = new Task(row);
    if (task.isRunning) {
      world.lost.add(row.taskId);
      await world.database.queries.execute(
        sql`update tasks set lease_expires_at = now() - interval '1 second' where task_id = ${row.taskId}`,
      );
      const lost = task.row.durable ? task.requeueLost() : task.failLost('INTERRUPTED', 'Lost.');
      task = await elsewhere.apply(task, lost);
    }
    if (task?.isQueued) {
      await elsewhere.apply(task, task.claim('elsewhere'));
      await world.node.mirror.reload();
    }
  });

const submit = (kind: Kind) => global('submit', (world) => world.submit(kind), kind);
const start = global('start', wake);
const leaseTick = global('lease tick', (world) => world.node.leases.tick());
const restart = global('restart', (world) => world.restart());
const passTime = global('time', (world) => (world.engine.isAway ? advance(world) : world.passTime()));
const databaseAway = global('database away', async (world) => {
  world.engine.isAway = !world.engine.isAway;
  if (!world.engine.isAway) await advance(world);
});

async function advance(world: ModelWorld): Promise<void> {
  await world.node.clock.advance(2_000);
  await world.quiet();
}

function isAccepted(describe: () => unknown): boolean {
  try {
    describe();
    return true;
  } catch (error) {
    if (error instanceof IllegalTransitionError) return false;
    throw error;
  }
}

const pick = fc.noBias(fc.nat({ max: 9_999 }));
const ending = fc.constantFrom<Ending[]>('done', 'done', 'done', 'failed', 'rejected', 'spawn-failed');

/** Every command, the usual ones more often. */
const weighted: readonly [number, fc.Arbitrary<Command>][] = [
  [4, fc.constantFrom(...kinds).map(submit)],
  [4, fc.constant(start)],
  [3, pick.map(progress)],
  [4, fc.tuple(ending, fc.boolean(), pick).map(([how, isUnstored, n]) => end(how, isUnstored, n))],
  [3, pick.map(endShards)],
  [4, fc.tuple(fc.boolean(), pick).map(([isSilent, n]) => kill(isSilent, n))],
  [2, fc.constant(leaseTick)],
  [5, fc.tuple(fc.constantFrom('memory', 'returned', 'lost'), pick).map(([reason, n]) => stop(reason, n))],
  [3, pick.map(cancel)],
  [4, pick.map(retry)],
  [4, pick.map(lose)],
  [2, fc.constant(restart)],
  [3, fc.constant(passTime)],
  [4, fc.constant(databaseAway)],
];
export const commands = weighted.flatMap(([weight, command]) => Array<typeof command>(weight).fill(command));

export const commandNames = [
  'submit',
  'start',
  'progress',
  'end',
  'kill',
  'lease tick',
  'stop',
  'cancel',
  'retry',
  'lose',
  'restart',
  'time',
  'database away',
];
