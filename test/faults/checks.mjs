import { readdirSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFiles } from './data-folder.mjs';
import { orphans } from './processes.mjs';

const ends = ['completed', 'failed', 'cancelled'];
/** Types whose completed tasks have a summary beside their row. */
const storedTypes = ['backtest', 'optimization'];
/** How a task of a kind may end by itself: null when it completes. */
const usualEnds = { throw: ['TASK_FAILED'], exit: ['CRASHED'] };
/** What the faults themselves may do to any task: no attempts left after kills, or a task to run after lost that way. */
const faultCodes = ['NODE_LOST', 'OUT_OF_MEMORY', 'INTERRUPTED'];

/** Every accepted task is stored and has ended, in a way that what it was and what was asked of it explain. */
export function promisesKept(ledger, { tasks, stray }, allowedCodes = []) {
  const broken = [];
  for (const [taskId, entry] of ledger.tasks) {
    const task = tasks.get(taskId);
    if (task === undefined) broken.push(`accepted and gone: ${entry.kind} ${taskId}`);
    else if (!isExplained(task, entry, allowedCodes)) {
      broken.push(`${entry.kind} ${taskId} is ${task.status}: ${JSON.stringify(task.error)}`);
    }
  }
  for (const task of tasks.values()) {
    if (!ends.includes(task.status))
      broken.push(`never ended: ${task.task_type} ${task.task_id} is ${task.status}`);
    if (storedTypes.includes(task.task_type) && task.status === 'completed' && task.results !== 1) {
      broken.push(`completed without a result: ${task.task_id}`);
    }
  }
  for (const { task_id } of stray) broken.push(`a backtest without a task: ${task_id}`);
  return broken;
}

function isExplained(task, { kind, cancelled, chained, codes: own }, allowedCodes) {
  if (task.status === 'cancelled') return cancelled;
  const usual = own ?? usualEnds[kind];
  if (task.status === 'completed') return usual === undefined;
  const codes = [...(usual ?? []), ...faultCodes, ...allowedCodes, ...(chained ? ['DEPENDENCY_FAILED'] : [])];
  return codes.includes(task.error?.code);
}

/** The events of each task tell one possible life, in which success comes at most once and last. */
export function livesTold({ tasks, events }) {
  const broken = [];
  const told = new Map();
  for (const { task_id, type, data, sequence } of events) {
    const life = told.get(task_id) ?? { state: 'new', attempt: 1, successes: 0 };
    told.set(task_id, life);
    const wrong = (why) => broken.push(`event ${sequence} (${type}) of ${task_id}: ${why}`);
    if (type === 'task_description_update') {
      if (life.state !== 'running') wrong(`progress of a task that is ${life.state}`);
      continue;
    }
    const next = { task_queued: 'queued', task_running: 'running', task_completed: 'ended' }[type];
    if (life.state === 'succeeded') wrong('after its success');
    else if (!nextOf[life.state].includes(next)) wrong(`follows ${life.state}`);
    const isNewAttempt = next === 'queued' && life.state !== 'new';
    if (data.attempt !== life.attempt + (isNewAttempt ? 1 : 0))
      wrong(`attempt ${data.attempt} after ${life.attempt}`);
    life.attempt = data.attempt;
    life.state = next === 'ended' && data.success ? 'succeeded' : next;
    if (life.state === 'succeeded') life.successes += 1;
  }
  for (const [taskId, { state, successes, attempt }] of told) {
    const task = tasks.get(taskId);
    if (successes > 1) broken.push(`completed ${successes} times: ${taskId}`);
    const stored =
      { completed: 'succeeded', failed: 'ended', cancelled: 'ended' }[task?.status] ?? task?.status;
    if (stored !== state || task?.attempt !== attempt) {
      broken.push(
        `${taskId} is ${task?.status} at attempt ${task?.attempt}; its events say ${state} at ${attempt}`,
      );
    }
  }
  for (const taskId of tasks.keys()) if (!told.has(taskId)) broken.push(`no event tells of ${taskId}`);
  return broken;
}

const nextOf = {
  new: ['queued', 'running'],
  queued: ['running', 'ended'],
  running: ['queued', 'ended'],
  ended: ['queued'],
};

/** Each stream told what is stored: in order, everything that its viewer may see, and nothing else. */
export function streamsTold(watchers, { events }) {
  return watchers.flatMap(({ name, client, seen, skipped, violations }) => {
    const broken = [...violations];
    const visible = new Map();
    for (const { sequence, type, task_id, user_id } of events) {
      if (client.username === 'admin' || user_id === client.userId)
        visible.set(sequence, `${type} ${task_id}`);
    }
    for (const [sequence, event] of seen) {
      if (visible.get(sequence) !== event)
        broken.push(`${name}: told ${event} (${sequence}), which is not stored so`);
    }
    for (const [sequence, event] of visible) {
      // Of several words of progress the stream may leave out all but the newest.
      if (event.startsWith('task_description_update') || seen.has(sequence)) continue;
      if (skipped.some(([after, upTo]) => sequence > after && sequence <= upTo)) continue;
      broken.push(`${name}: never told ${event} (${sequence})`);
    }
    return broken;
  });
}

/** No unfinished file stays, and every result belongs to the attempt that counts. */
export function folderIsClean(dataDir, { tasks, shards }) {
  const broken = temporaryFiles(dataDir)
    .filter((path) => !isKeptForRetry(path, tasks, shards))
    .map((path) => `a temporary file stays: ${path}`);
  const results = join(dataDir, 'results');
  const names = existsSync(results) ? readdirSync(results) : [];
  const kept = new Set();
  for (const name of names) {
    if (/\.(tmp|parts)$/.test(name)) continue;
    const [taskId, attempt] = name.split('.');
    const task = tasks.get(taskId);
    kept.add(name);
    const isCached = attempt === '0' && task?.result_file === name;
    const isOfCsv = attempt === '0' && task?.result_file?.startsWith(`${taskId}.0.`);
    const mayHave = task?.status === 'completed' || task?.status === 'cancelled';
    if (!isCached && !isOfCsv && !(mayHave && Number(attempt) === task.attempt)) {
      broken.push(
        `a result of no attempt that counts: ${name} (task ${task?.status}, attempt ${task?.attempt})`,
      );
    }
  }
  for (const { task_id, result_file } of tasks.values()) {
    if (result_file && !kept.has(result_file))
      broken.push(`the result of ${task_id} is gone: ${result_file}`);
  }
  return broken;
}

/** Whether a path is the folder of shards of a task that may be retried, or the result of a shard that is done. */
function isKeptForRetry(path, tasks, shards) {
  const [, taskId, file] = /^results\/([^/.]+)\.parts(?:\/(.*))?$/.exec(path) ?? [];
  if (!['failed', 'cancelled'].includes(tasks.get(taskId)?.status)) return false;
  return file === undefined || shards.some(({ task_id, result }) => task_id === taskId && result === file);
}

/** Nobody but the servers that live runs tasks. */
export async function noOrphans() {
  return (await orphans()).map((line) => `an orphan lives on: ${line}`);
}
